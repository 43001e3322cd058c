package io.tandemsip.redis;

import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Registrations, a hash for each user with a field for each contact. Thread-safe. */
final class RedisLocationStore implements LocationStore {
    private static final String NAME = "the location store";
    private static final Script REGISTER = Script.named("register");
    private static final Script UNREGISTER = Script.named("unregister");
    private static final Script CONTACTS = Script.named("contacts");
    private static final Comparator<ContactBinding> BEST_FIRST =
            Comparator.comparingInt(ContactBinding::quality).reversed().thenComparing(ContactBinding::contact);

    private final Link link;
    private final Keyspace keys;
    private final Counters counters;
    private final Gate gate;

    RedisLocationStore(Link link, Keyspace keys, Traffic traffic) {
        this.link = link;
        this.keys = keys;
        counters = traffic.counters();
        gate = new Gate(NAME, traffic);
    }

    @Override
    public CompletionStage<RegisterResult> register(AddressOfRecord user, List<ContactBinding> contacts) {
        if (contacts.isEmpty()) {
            throw new IllegalArgumentException("contacts: none; expected at least one");
        }
        // of one contact that is named twice the last counts
        Map<String, ContactBinding> byField = new LinkedHashMap<>();
        contacts.forEach(each -> byField.put(ContactValue.field(each), each));
        List<String> arguments = new ArrayList<>();
        byField.forEach((field, contact) -> {
            arguments.add(field);
            arguments.add(Long.toString(Life.millis(contact.expires())));
            arguments.add(Long.toString(contact.cseq()));
            arguments.add(StoredText.escaped(contact.callId()));
            arguments.add(ContactValue.rest(contact));
        });
        return gate.ask(() -> link.run(REGISTER, List.of(key(user)), arguments).thenApply(this::result));
    }

    @Override
    public CompletionStage<RegisterResult> unregisterAll(AddressOfRecord user, String callId, long cseq) {
        List<String> arguments = List.of(StoredText.escaped(callId), Long.toString(cseq));
        return gate.ask(
                () -> link.run(UNREGISTER, List.of(key(user)), arguments).thenApply(this::result));
    }

    @Override
    public CompletionStage<List<ContactBinding>> find(AddressOfRecord user) {
        return gate.ask(
                () -> link.run(CONTACTS, List.of(key(user)), List.of()).thenApply(answer -> contacts(answer, 0)));
    }

    private String key(AddressOfRecord user) {
        return keys.user(StoredKey.of(StoredText.escaped(user.uri())));
    }

    private RegisterResult result(List<Object> answer) {
        return answer.get(0).equals("R")
                ? new RegisterResult.Registered(contacts(answer, 1))
                : new RegisterResult.OutOfOrder(ContactValue.read(text(answer, 2), time(answer, 1)));
    }

    /** The time, then the contacts. One that can't be read hides no other; who asks for that one alone is told. */
    private List<ContactBinding> contacts(List<Object> answer, int from) {
        long nowMillis = time(answer, from);
        List<ContactBinding> contacts = new ArrayList<>();
        StoreCorruptException damage = null;
        for (int i = from + 1; i < answer.size(); i++) {
            try {
                contacts.add(ContactValue.read(text(answer, i), nowMillis));
            } catch (StoreCorruptException unreadable) {
                counters.unreadable.increment();
                damage = unreadable;
            }
        }
        if (contacts.isEmpty() && damage != null) {
            throw damage;
        }
        contacts.sort(BEST_FIRST);
        return List.copyOf(contacts);
    }

    private static long time(List<Object> answer, int at) {
        return Long.parseLong(text(answer, at));
    }

    private static String text(List<Object> answer, int at) {
        return String.valueOf(answer.get(at));
    }

    @Override
    public void close() {
        drain();
    }

    /** Takes no more. Completed when all that was taken is answered. */
    CompletionStage<?> drain() {
        return gate.close();
    }
}
