package io.tandemsip.postgres;

import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.RegisterResult;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes and finds the contacts of many users with one statement for each kind. A batch names no user twice. Thread-safe. */
final class LocationWork {
    private static final Comparator<ContactBinding> BEST_FIRST =
            Comparator.comparingInt(ContactBinding::quality).reversed().thenComparing(ContactBinding::contact);

    private final Database database;
    private final String register;
    private final String unregister;
    private final String contacts;

    LocationWork(Database database) {
        this.database = database;
        register = database.sql().statement("register");
        unregister = database.sql().statement("unregister");
        contacts = database.sql().statement("contacts");
    }

    void write(List<UserRequest<RegisterResult>> batch) {
        database.call(connection -> {
            register(connection, of(Register.class, batch));
            unregister(connection, of(UnregisterAll.class, batch));
            return batch;
        });
    }

    void find(List<Find> batch) {
        Map<UUID, List<ContactRow>> found = database.call(connection -> {
            try (Batch<Find> columns = new Batch<>(connection, contacts, batch)) {
                return byUser(columns.keys(each -> each.userKey).send());
            }
        });
        batch.forEach(each -> each.decide(() -> bestFirst(found.getOrDefault(each.userKey, List.of()))));
    }

    private static <W> List<W> of(Class<W> kind, List<UserRequest<RegisterResult>> batch) {
        return batch.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void register(Connection connection, List<Register> registers) throws SQLException {
        if (registers.isEmpty()) {
            return;
        }
        List<Wanted> wanted =
                registers.stream().flatMap(each -> each.wanted.stream()).toList();
        try (Batch<Wanted> batch = new Batch<>(connection, register, wanted)) {
            batch.column("int8", locks(registers));
            columns(batch);
            batch.column("uuid", registers.stream().map(each -> each.userKey).toArray());
            List<ResultSet> results = batch.sendAll();
            Map<UUID, UUID> late = late(results.get(1));
            Map<UUID, List<ContactRow>> standing = byUser(results.get(2));
            registers.forEach(each ->
                    each.decide(() -> result(late.get(each.userKey), standing.getOrDefault(each.userKey, List.of()))));
        }
    }

    private static void columns(Batch<Wanted> batch) throws SQLException {
        batch.keys(Wanted::userKey)
                .keys(each -> ContactRow.key(each.contact()))
                .texts(each -> StoredText.escaped(each.user().uri()))
                .texts(each -> StoredText.escaped(each.contact().contact()))
                .texts(each -> StoredText.escaped(each.contact().callId()))
                .longs(each -> each.contact().cseq())
                .longs(each -> Life.micros(each.contact().expires()))
                .longs(each -> each.contact().quality())
                .texts(each -> ContactRow.path(each.contact().path()))
                .texts(each -> StoredText.escaped(each.contact().instanceId()))
                .longs(each -> each.contact().regId())
                .texts(each -> each.contact().node().map(Object::toString).orElse(""))
                .texts(each -> StoredText.escaped(each.contact().flow()));
    }

    private void unregister(Connection connection, List<UnregisterAll> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        try (Batch<UnregisterAll> batch = new Batch<>(connection, unregister, writes)) {
            Map<UUID, List<ContactRow>> late = byUser(batch.column("int8", locks(writes))
                    .keys(each -> each.userKey)
                    .texts(each -> StoredText.escaped(each.callId))
                    .longs(each -> each.cseq)
                    .send());
            writes.forEach(each -> each.decide(() -> late.containsKey(each.userKey)
                    ? new RegisterResult.OutOfOrder(
                            late.get(each.userKey).get(0).readable())
                    : new RegisterResult.Registered(List.of())));
        }
    }

    /** In one order, so that two who write never wait for each other. */
    private static Object[] locks(Collection<? extends UserRequest<?>> writes) {
        return writes.stream()
                .map(each -> ContactRow.lock(each.userKey))
                .sorted()
                .toArray();
    }

    private static Map<UUID, UUID> late(ResultSet rows) throws SQLException {
        Map<UUID, UUID> late = new HashMap<>();
        while (rows.next()) {
            late.put(rows.getObject("user_key", UUID.class), rows.getObject("contact_key", UUID.class));
        }
        return late;
    }

    private static RegisterResult result(@Nullable UUID late, List<ContactRow> standing) {
        return standing.stream()
                .filter(each -> each.contactKey().equals(late))
                .findFirst()
                .<RegisterResult>map(each -> new RegisterResult.OutOfOrder(each.readable()))
                .orElseGet(() -> new RegisterResult.Registered(bestFirst(standing)));
    }

    private static Map<UUID, List<ContactRow>> byUser(ResultSet rows) throws SQLException {
        Map<UUID, List<ContactRow>> byUser = new HashMap<>();
        while (rows.next()) {
            ContactRow row = ContactRow.read(rows);
            byUser.computeIfAbsent(row.userKey(), user -> new ArrayList<>()).add(row);
        }
        return byUser;
    }

    /** A contact that can't be read hides no other. */
    private static List<ContactBinding> bestFirst(List<ContactRow> rows) {
        List<ContactBinding> readable = rows.stream()
                .flatMap(each -> each.contact().stream())
                .sorted(BEST_FIRST)
                .toList();
        return readable.isEmpty() && !rows.isEmpty() ? List.of(rows.get(0).readable()) : readable;
    }

    /**
     * Something asked about one user.
     *
     * @param <R> the answer
     */
    abstract static sealed class UserRequest<R> extends Request<R> {
        final UUID userKey;

        UserRequest(UUID userKey) {
            super(userKey);
            this.userKey = userKey;
        }

        final void decide(Supplier<R> answer) {
            try {
                succeed(answer.get());
            } catch (StoreCorruptException unreadable) {
                failUnlessDecided(unreadable);
            }
        }
    }

    /** Writes the contacts of a REGISTER. */
    static final class Register extends UserRequest<RegisterResult> {
        private final List<Wanted> wanted;

        Register(AddressOfRecord user, List<ContactBinding> contacts) {
            super(ContactRow.key(user));
            // of one contact that is named twice the last counts
            Map<String, Wanted> byKey = new LinkedHashMap<>();
            contacts.forEach(each -> byKey.put(each.key(), new Wanted(userKey, user, each)));
            wanted = List.copyOf(byKey.values());
        }
    }

    /** Removes all contacts. */
    static final class UnregisterAll extends UserRequest<RegisterResult> {
        private final String callId;
        private final long cseq;

        UnregisterAll(AddressOfRecord user, String callId, long cseq) {
            super(ContactRow.key(user));
            this.callId = callId;
            this.cseq = cseq;
        }
    }

    /** Finds all contacts; any number may ask for the same user at once. */
    static final class Find extends UserRequest<List<ContactBinding>> {
        Find(AddressOfRecord user) {
            super(ContactRow.key(user));
        }
    }

    private record Wanted(UUID userKey, AddressOfRecord user, ContactBinding contact) {}
}
