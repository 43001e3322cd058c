package io.tandemsip.jainsip;

/**
 * What is to be done about an INVITE that goes to several contacts. Of the first {@link Accept}, {@link Conclude} and {@link
 * Terminate} a caller gets one.
 */
sealed interface ForkEffect {
    /** The INVITE leaves for a contact. */
    record Send(int branch) implements ForkEffect {}

    /** The provisional response goes on to the caller, unless it is a 100. */
    record Forward(int branch) implements ForkEffect {}

    /** The 2xx goes on to the caller, whoever else answered before. */
    record Accept(int branch) implements ForkEffect {}

    /** A branch is cancelled, of which a provisional response came; what comes of it is waited for. */
    record Cancel(int branch) implements ForkEffect {}

    /** Nobody waits for a branch any more. */
    record GiveUp(int branch) implements ForkEffect {}

    /** The caller is told what this branch said. */
    record Conclude(int branch) implements ForkEffect {}

    /** The caller is told that the call ended as it wished. */
    record Terminate() implements ForkEffect {}
}
