package io.tandemsip.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.LocationStoreContract;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryLocationStoreContractTest extends LocationStoreContract {
    private final ManualLoop clock = new ManualLoop();
    private final InMemoryLocationStore store = InMemoryLocationStore.create(clock::nanoTime);

    @Override
    protected LocationStore store() {
        return store;
    }

    @Override
    protected void passTime(Duration time) {
        clock.advance(time.toNanos());
    }

    /** S2. Fails when {@code sweepAll} keeps users without contacts. */
    @Test
    void s2_usersWithoutContacts_areForgotten() {
        for (int i = 0; i < 3_000; i++) {
            ContactBinding contact = new ContactBinding(
                    "sip:u@h", "c", 1, Duration.ofSeconds(30), 1, List.of(), "", 0, Optional.empty(), "");
            store.register(new AddressOfRecord("sip:u" + i + "@h"), List.of(contact));
        }
        assertThat(store.size()).isEqualTo(3_000);
        clock.advance(Duration.ofSeconds(31).toNanos());
        assertThat(store.size()).isZero();
    }
}
