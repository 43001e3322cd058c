package io.tandemsip.core.store;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registrations in this process's memory. A user's contacts change in one step. Those that expired are dropped when the
 * user is met, and of all users now and then. Thread-safe.
 */
public final class InMemoryLocationStore implements LocationStore {
    private static final int WRITES_PER_SWEEP = 1_000;
    private static final Comparator<ContactBinding> BEST_FIRST =
            Comparator.comparingInt(ContactBinding::quality).reversed();

    private final Ticker ticker;
    private final ConcurrentMap<AddressOfRecord, Map<String, Held>> users = new ConcurrentHashMap<>();
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean closed;

    private InMemoryLocationStore(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Without registrations.
     *
     * @param ticker tells time
     * @return the store
     */
    public static InMemoryLocationStore create(Ticker ticker) {
        return new InMemoryLocationStore(ticker);
    }

    @Override
    public CompletionStage<RegisterResult> register(AddressOfRecord user, List<ContactBinding> contacts) {
        if (contacts.isEmpty()) {
            throw new IllegalArgumentException("contacts: none; expected at least one");
        }
        return whileOpen(() -> {
            AtomicReference<@Nullable ContactBinding> newer = new AtomicReference<>();
            Map<String, Held> after = users.compute(user, (key, before) -> {
                Map<String, Held> standing = live(before);
                newer.set(firstNewer(standing, contacts));
                return emptyToNull(newer.get() != null ? standing : merged(standing, contacts));
            });
            sweep();
            return result(newer.get(), after);
        });
    }

    @Override
    public CompletionStage<RegisterResult> unregisterAll(AddressOfRecord user, String callId, long cseq) {
        return whileOpen(() -> {
            AtomicReference<@Nullable ContactBinding> newer = new AtomicReference<>();
            Map<String, Held> after = users.compute(user, (key, before) -> {
                Map<String, Held> standing = live(before);
                newer.set(standing.values().stream()
                        .map(Held::contact)
                        .filter(contact -> contact.callId().equals(callId) && contact.cseq() >= cseq)
                        .findFirst()
                        .orElse(null));
                return newer.get() != null ? emptyToNull(standing) : null;
            });
            return result(newer.get(), after);
        });
    }

    @Override
    public CompletionStage<List<ContactBinding>> find(AddressOfRecord user) {
        return whileOpen(() -> contacts(users.get(user)));
    }

    @Override
    public void close() {
        closed = true;
        users.clear();
    }

    /** How many users have a contact that was not dropped yet. */
    int size() {
        sweepAll();
        return users.size();
    }

    private RegisterResult result(@Nullable ContactBinding newer, @Nullable Map<String, Held> after) {
        return newer != null ? new RegisterResult.OutOfOrder(newer) : new RegisterResult.Registered(contacts(after));
    }

    /** RFC 3261 section 10.3 step 7: the same Call-ID asks for a higher CSeq, another Call-ID for nothing. */
    private static @Nullable ContactBinding firstNewer(Map<String, Held> standing, List<ContactBinding> contacts) {
        for (ContactBinding contact : contacts) {
            Held before = standing.get(contact.key());
            if (before != null
                    && before.contact.callId().equals(contact.callId())
                    && before.contact.cseq() >= contact.cseq()) {
                return before.contact;
            }
        }
        return null;
    }

    private Map<String, Held> merged(Map<String, Held> standing, List<ContactBinding> contacts) {
        Map<String, Held> merged = new LinkedHashMap<>(standing);
        long now = ticker.nanoTime();
        for (ContactBinding contact : contacts) {
            if (contact.expires().isZero()) {
                merged.remove(contact.key());
            } else {
                merged.put(contact.key(), new Held(contact, now + Nanos.of(contact.expires())));
            }
        }
        return merged;
    }

    private List<ContactBinding> contacts(@Nullable Map<String, Held> held) {
        long now = ticker.nanoTime();
        List<ContactBinding> contacts = new ArrayList<>();
        live(held).values().forEach(each -> contacts.add(each.left(now)));
        contacts.sort(BEST_FIRST);
        return List.copyOf(contacts);
    }

    private Map<String, Held> live(@Nullable Map<String, Held> held) {
        if (held == null) {
            return Map.of();
        }
        long now = ticker.nanoTime();
        Map<String, Held> live = new LinkedHashMap<>(held);
        live.values().removeIf(each -> each.untilNanos - now <= 0);
        return live;
    }

    private static @Nullable Map<String, Held> emptyToNull(Map<String, Held> held) {
        return held.isEmpty() ? null : held;
    }

    private void sweep() {
        if (writes.incrementAndGet() % WRITES_PER_SWEEP == 0) {
            sweepAll();
        }
    }

    private void sweepAll() {
        users.keySet().forEach(user -> users.computeIfPresent(user, (key, held) -> emptyToNull(live(held))));
    }

    private <T> CompletionStage<T> whileOpen(Supplier<T> action) {
        return closed
                ? CompletableFuture.failedStage(new StoreUnavailableException("the in-memory location store is closed"))
                : CompletableFuture.completedStage(action.get());
    }

    /** A contact and until when it stands. */
    private record Held(ContactBinding contact, long untilNanos) {
        ContactBinding left(long nowNanos) {
            return new ContactBinding(
                    contact.contact(),
                    contact.callId(),
                    contact.cseq(),
                    Duration.ofNanos(untilNanos - nowNanos),
                    contact.quality(),
                    contact.path(),
                    contact.instanceId(),
                    contact.regId(),
                    contact.node(),
                    contact.flow());
        }
    }
}
