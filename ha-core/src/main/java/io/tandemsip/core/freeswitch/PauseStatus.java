package io.tandemsip.core.freeswitch;

/**
 * What a router knows of the pause of one node. Immutable.
 *
 * @param helped whether, in the drain under way, the node was found paused; it is not paused again then
 * @param ours whether it was found paused by this router's own word
 * @param mark what stood in its memory last
 * @param sinceNanos when that was seen first
 */
record PauseStatus(boolean helped, boolean ours, PauseMark mark, long sinceNanos) {
    static final PauseStatus NEW = new PauseStatus(false, false, PauseMark.NONE, 0);

    PauseStatus seen(PauseMark now, long nowNanos) {
        return now.equals(mark) ? this : new PauseStatus(helped, ours, now, nowNanos);
    }

    PauseStatus with(boolean nowHelped, boolean nowOurs) {
        return new PauseStatus(nowHelped, nowOurs, mark, sinceNanos);
    }
}
