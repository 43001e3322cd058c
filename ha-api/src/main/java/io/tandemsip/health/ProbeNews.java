package io.tandemsip.health;

/**
 * Takes what a probe learns of a node without asking it. Implemented by the router; called by probes, on any thread, any
 * number of times, in the order of what was seen. Never blocks, never throws. Thread-safe.
 */
public interface ProbeNews {
    /**
     * The node, or the end of a connection to it, said something.
     *
     * <p>What speaks against it ({@link ProbeResult.Refused}, {@link ProbeResult.NotReady},
     * {@link ProbeResult.WrongIdentity}) makes it suspect at once, and it is asked at once; {@link ProbeResult.NoAnswer}
     * only has it asked. {@link ProbeResult.Overloaded} keeps new calls away. {@link ProbeResult.Alive} is taken as a
     * report of what the node says of itself, and never as a proof of life: only an answer is one.
     *
     * @param result what was seen
     */
    void found(ProbeResult result);

    /**
     * The node can't be watched until somebody changes a configuration: a password, an access list. Says nothing of the
     * node.
     *
     * @param cause what is wrong, one line, without secrets
     */
    void misconfigured(String cause);
}
