package io.tandemsip.redis;

import io.lettuce.core.KeyValue;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.error.StoreCorruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Something asked about one dialog.
 *
 * @param <R> the answer
 */
abstract sealed class DialogRequest<R> extends Request<R> {
    private DialogRequest(Object key) {
        super(key);
    }

    final void decide(Supplier<R> answer) {
        try {
            succeed(answer.get());
        } catch (StoreCorruptException unreadable) {
            fail(unreadable);
        }
    }

    /**
     * Changes something; of one dialog one at a time.
     *
     * @param <R> the answer
     */
    abstract static sealed class Write<R> extends DialogRequest<R> {
        final String member;

        private Write(String member) {
            super(member);
            this.member = member;
        }

        /** Its part of the script's arguments. */
        abstract void arguments(List<String> arguments);
    }

    /** Binds it. */
    static final class Bind extends Write<BindResult> {
        private final DialogBinding binding;
        private final DialogName name;
        private final long lifeMillis;

        Bind(DialogBinding binding, DialogName name, long lifeMillis) {
            super(name.member());
            this.binding = binding;
            this.name = name;
            this.lifeMillis = lifeMillis;
        }

        @Override
        void arguments(List<String> arguments) {
            arguments.add(member);
            arguments.add(binding.owner().value());
            arguments.add(Long.toString(binding.epoch()));
            arguments.add(DialogValue.phase(binding.phase()));
            arguments.add(Long.toString(lifeMillis));
            arguments.add(DialogValue.of(binding, name));
        }

        void written() {
            succeed(new BindResult.Bound(binding));
        }

        void except(String answer) {
            decide(() -> result(answer));
        }

        private BindResult result(String answer) {
            String text = answer.substring(1);
            if (answer.startsWith("F")) {
                return new BindResult.Fenced(Long.parseLong(text));
            }
            if (DialogValue.isEnded(text)) {
                return new BindResult.AlreadyEnded();
            }
            DialogBinding standing = DialogValue.binding(text);
            return standing.sameOwner(binding) ? new BindResult.Bound(standing) : new BindResult.OwnedByOther(standing);
        }
    }

    /** Changes what stands, if anything does. */
    abstract static sealed class Change extends Write<Boolean> {
        private final long lifeMillis;

        private Change(DialogId dialog, long lifeMillis) {
            super(DialogName.of(dialog).member());
            this.lifeMillis = lifeMillis;
        }

        @Override
        final void arguments(List<String> arguments) {
            arguments.add(member);
            arguments.add(Long.toString(lifeMillis));
        }

        final void answered(String answer) {
            if (answer.equals("?")) {
                fail(DialogValue.unreadable());
            } else {
                succeed(answer.equals("1"));
            }
        }
    }

    /** Lets it live on. */
    static final class Refresh extends Change {
        Refresh(DialogId dialog, long lifeMillis) {
            super(dialog, lifeMillis);
        }
    }

    /** Ends it; an early one leaves no tombstone. */
    static final class End extends Change {
        End(DialogId dialog, long tombstoneMillis) {
            super(dialog, dialog.isEarly() ? 0 : tombstoneMillis);
        }
    }

    /** Finds its owner: its own binding, else the early one under either of its tags. Any number may ask at once. */
    static final class Find extends DialogRequest<DialogLookup> {
        final List<String> members = new ArrayList<>(3);

        Find(DialogId dialog) {
            super(new Object());
            members.add(DialogName.of(dialog).member());
            if (!dialog.isEarly()) {
                members.add(DialogName.early(dialog.callId(), dialog.fromTag()).member());
                members.add(DialogName.early(dialog.callId(), dialog.toTag()).member());
            }
        }

        /** By what stands under the members, which begin at a place of the answer. */
        void decide(List<KeyValue<String, String>> values, int from) {
            decide(() -> {
                for (int i = from; i < from + members.size(); i++) {
                    if (values.get(i).hasValue()) {
                        return DialogValue.lookup(values.get(i).getValue());
                    }
                }
                return new DialogLookup.Absent();
            });
        }
    }
}
