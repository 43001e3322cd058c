package io.tandemsip.jainsip;

/** What may happen to an INVITE that goes to several contacts. A branch is known by the number of its contact, from 0. */
sealed interface ForkEvent {
    /** It is known who is to be asked. */
    record Begun() implements ForkEvent {}

    /** A provisional response came. */
    record Provisional(int branch) implements ForkEvent {}

    /** A 2xx came. */
    record Accepted(int branch) implements ForkEvent {}

    /**
     * The branch failed.
     *
     * @param status of the response, or what silence and broken transports stand for
     * @param absent whether it says that nobody is there, rather than that somebody does not want to
     */
    record Failed(int branch, int status, boolean absent) implements ForkEvent {}

    /** The caller gave up, or is no more. */
    record Cancelled() implements ForkEvent {}
}
