package io.tandemsip.postgres;

import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Registrations in the table {@code contact}, one row a contact; a user's REGISTERs take turns by a lock. Thread-safe. */
final class PostgresLocationStore implements LocationStore {
    private static final String NAME = "the location store";
    /** Each has a lock on the server, where locks are few. */
    private static final int LARGEST_WRITE = 64;

    private static final int LARGEST_READ = 500;

    private final Lane<LocationWork.UserRequest<RegisterResult>> writes;
    private final Lane<LocationWork.Find> finds;

    PostgresLocationStore(Database database, Traffic traffic) {
        LocationWork work = new LocationWork(database);
        writes = traffic.lane(NAME, LARGEST_WRITE, work::write);
        finds = traffic.lane(NAME, LARGEST_READ, work::find);
    }

    @Override
    public CompletionStage<RegisterResult> register(AddressOfRecord user, List<ContactBinding> contacts) {
        if (contacts.isEmpty()) {
            throw new IllegalArgumentException("contacts: none; expected at least one");
        }
        return write(new LocationWork.Register(user, contacts));
    }

    @Override
    public CompletionStage<RegisterResult> unregisterAll(AddressOfRecord user, String callId, long cseq) {
        return write(new LocationWork.UnregisterAll(user, callId, cseq));
    }

    private CompletionStage<RegisterResult> write(LocationWork.UserRequest<RegisterResult> request) {
        writes.add(request);
        return request.answer();
    }

    @Override
    public CompletionStage<List<ContactBinding>> find(AddressOfRecord user) {
        LocationWork.Find find = new LocationWork.Find(user);
        finds.add(find);
        return find.answer();
    }

    @Override
    public void close() {
        writes.close();
        finds.close();
    }

    /** Fails what waits. */
    void abandon() {
        writes.abandon();
        finds.abandon();
    }
}
