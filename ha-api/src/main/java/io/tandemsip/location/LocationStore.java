package io.tandemsip.location;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where users are. A user registered through one node is found through every other, also when that node is gone.
 * Implemented by back ends; proved by {@code LocationStoreContract} in this module's test-jar.
 *
 * <p>Guarantees: a REGISTER is written as a whole or not at all, by the rules of RFC 3261 section 10.3; contacts expire
 * by the store's clock. No method blocks. Arguments out of range are refused at once by an {@link IllegalArgumentException}; other failures complete the stage with a
 * {@link io.tandemsip.error.StoreUnavailableException} (surely not done) or a
 * {@link io.tandemsip.error.StoreTimeoutException} (may have been done). Thread-safe.
 */
public interface LocationStore extends AutoCloseable {
    /**
     * Writes the contacts of a REGISTER: adds, refreshes, and removes those whose expiry is zero.
     *
     * @param user whose
     * @param contacts not empty; all of one REGISTER
     * @return what became of it
     */
    CompletionStage<RegisterResult> register(AddressOfRecord user, List<ContactBinding> contacts);

    /**
     * Removes all contacts ({@code Contact: *}), unless a newer REGISTER of the same Call-ID stands.
     *
     * @param user whose
     * @param callId the Call-ID of the REGISTER
     * @param cseq its CSeq number
     * @return what became of it
     */
    CompletionStage<RegisterResult> unregisterAll(AddressOfRecord user, String callId, long cseq);

    /**
     * Finds the contacts of a user.
     *
     * @param user whose
     * @return highest q first; empty if there is none
     */
    CompletionStage<List<ContactBinding>> find(AddressOfRecord user);

    /** Gives back what it holds; idempotent. What is called afterwards fails as unavailable. */
    @Override
    void close();
}
