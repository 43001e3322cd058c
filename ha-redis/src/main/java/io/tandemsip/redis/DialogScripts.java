package io.tandemsip.redis;

import io.tandemsip.redis.DialogRequest.Bind;
import io.tandemsip.redis.DialogRequest.End;
import io.tandemsip.redis.DialogRequest.Find;
import io.tandemsip.redis.DialogRequest.Refresh;
import io.tandemsip.redis.DialogRequest.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sends what is asked of the dialogs of one bucket: one script for each kind of write, one reading for all that is sought.
 * Thread-safe.
 */
final class DialogScripts {
    private static final Script BIND = Script.named("bind");
    private static final Script REFRESH = Script.named("refresh");
    private static final Script END = Script.named("end");

    private final Link link;
    private final String dialogs;
    private final String indexes;
    private final String fences;

    DialogScripts(Link link, Keyspace keys, int bucket) {
        this.link = link;
        dialogs = keys.dialogs(bucket);
        indexes = keys.indexes(bucket);
        fences = keys.fences(bucket);
    }

    /** A batch names no dialog twice, so that the order of kinds makes no difference. */
    CompletionStage<?> write(List<Write<?>> batch) {
        List<Bind> binds = of(Bind.class, batch);
        List<Refresh> refreshes = of(Refresh.class, batch);
        List<End> ends = of(End.class, batch);
        return CompletableFuture.allOf(
                bind(binds).toCompletableFuture(),
                answers(REFRESH, refreshes).toCompletableFuture(),
                answers(END, ends).toCompletableFuture());
    }

    private static <W> List<W> of(Class<W> kind, List<Write<?>> batch) {
        return batch.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private CompletionStage<?> bind(List<Bind> binds) {
        return send(BIND, binds, fences).thenAccept(exceptions -> {
            for (int i = 0; i + 1 < exceptions.size(); i += 2) {
                binds.get(Integer.parseInt(String.valueOf(exceptions.get(i))))
                        .except(String.valueOf(exceptions.get(i + 1)));
            }
            binds.forEach(Bind::written);
        });
    }

    private CompletionStage<?> answers(Script script, List<? extends DialogRequest.Change> writes) {
        return send(script, writes).thenAccept(answers -> {
            for (int i = 0; i < writes.size(); i++) {
                writes.get(i).answered(String.valueOf(answers.get(i)));
            }
        });
    }

    /** Those whose script failed fail by it, whatever becomes of the others. */
    private CompletionStage<List<Object>> send(Script script, List<? extends Write<?>> writes, String... keysBefore) {
        if (writes.isEmpty()) {
            return CompletableFuture.completedStage(List.of());
        }
        List<String> keys = new ArrayList<>(List.of(keysBefore));
        List<String> arguments = new ArrayList<>();
        arguments.add(indexes);
        for (Write<?> write : writes) {
            keys.add(dialogs + write.member);
            write.arguments(arguments);
        }
        return link.run(script, keys, arguments).whenComplete((answers, failure) -> {
            if (failure != null) {
                writes.forEach(write -> write.fail(Failures.of(failure)));
            }
        });
    }

    CompletionStage<?> find(List<Find> batch) {
        String[] keys = batch.stream()
                .flatMap(each -> each.members.stream())
                .map(member -> dialogs + member)
                .toArray(String[]::new);
        return link.ask(commands -> commands.mget(keys)).thenAccept(values -> {
            int from = 0;
            for (Find find : batch) {
                find.decide(values, from);
                from += find.members.size();
            }
        });
    }
}
