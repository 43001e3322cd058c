package io.tandemsip.jainsip;

import javax.sip.SipListener;

/** A listener around a host's; see {@link SipDoor#around}. Thread-safe. */
public interface ListenerAround extends SipListener, AutoCloseable {
    /** Stops looking, and hands events on all the same; idempotent. */
    @Override
    void close();
}
