package io.tandemsip.core.freeswitch;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What is known of a FreeSWITCH node from its event socket. Immutable.
 *
 * @param link how the event socket is
 * @param switchname the node's own name; empty until it told
 * @param coreUuid which life it is in; empty until it told
 * @param sessions how many legs it has, from its memory; a bridged call has two
 * @param maxSessions from how many legs on it refuses: the one that reaches this is refused too
 * @param sessionsPerSecond at how many new legs a second it begins to refuse
 * @param idleCpu percent of its processor time that is unused
 * @param minIdleCpu below which share of it new calls are refused; 0 for never
 * @param paused whether it takes no new calls by an operator's word
 * @param shuttingDown whether it ends as soon as its calls have
 * @param databaseDown whether its database fails, so that calls made now could not be recovered
 */
public record FreeSwitchState(
        Link link,
        String switchname,
        String coreUuid,
        OptionalInt sessions,
        OptionalInt maxSessions,
        OptionalInt sessionsPerSecond,
        OptionalDouble idleCpu,
        OptionalDouble minIdleCpu,
        boolean paused,
        boolean shuttingDown,
        boolean databaseDown) {
    static final FreeSwitchState UNKNOWN = new FreeSwitchState(
            Link.CONNECTING,
            "",
            "",
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            false,
            false,
            false);

    /** Checks that nothing is missing. */
    public FreeSwitchState {
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(switchname, "switchname");
        Objects.requireNonNull(coreUuid, "coreUuid");
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(maxSessions, "maxSessions");
        Objects.requireNonNull(sessionsPerSecond, "sessionsPerSecond");
        Objects.requireNonNull(idleCpu, "idleCpu");
        Objects.requireNonNull(minIdleCpu, "minIdleCpu");
    }

    /**
     * Whether one more leg would be refused. The leg that reaches the limit is refused as well, and keeps its place for
     * ten seconds.
     *
     * @return false while the numbers are unknown
     */
    public boolean isFull() {
        return sessions.isPresent() && maxSessions.isPresent() && sessions.getAsInt() >= maxSessions.getAsInt() - 1;
    }

    /**
     * Whether it refuses new calls because its processor has too much to do.
     *
     * @return false while the numbers are unknown
     */
    public boolean lacksIdleCpu() {
        return idleCpu.isPresent()
                && minIdleCpu.isPresent()
                && minIdleCpu.getAsDouble() > 0
                && idleCpu.getAsDouble() < minIdleCpu.getAsDouble();
    }

    FreeSwitchState withLink(Link now) {
        return new FreeSwitchState(
                now,
                switchname,
                coreUuid,
                sessions,
                maxSessions,
                sessionsPerSecond,
                idleCpu,
                minIdleCpu,
                paused,
                shuttingDown,
                databaseDown);
    }

    /** The name and the life; another life begins without what was ordered in the one before. */
    FreeSwitchState withIdentity(String name, String life) {
        boolean same = life.equals(coreUuid) || coreUuid.isEmpty();
        return new FreeSwitchState(
                link,
                name.isEmpty() ? switchname : name,
                life.isEmpty() ? coreUuid : life,
                same ? sessions : OptionalInt.empty(),
                maxSessions,
                sessionsPerSecond,
                idleCpu,
                minIdleCpu,
                same && paused,
                same && shuttingDown,
                same && databaseDown);
    }

    FreeSwitchState withNumbers(
            OptionalInt legs, OptionalInt most, OptionalInt perSecond, OptionalDouble idle, OptionalDouble minIdle) {
        return new FreeSwitchState(
                link,
                switchname,
                coreUuid,
                legs.isPresent() ? legs : sessions,
                most.isPresent() ? most : maxSessions,
                perSecond.isPresent() ? perSecond : sessionsPerSecond,
                idle.isPresent() ? idle : idleCpu,
                minIdle.isPresent() ? minIdle : minIdleCpu,
                paused,
                shuttingDown,
                databaseDown);
    }

    FreeSwitchState withOrders(boolean isPaused, boolean isShuttingDown) {
        return new FreeSwitchState(
                link,
                switchname,
                coreUuid,
                sessions,
                maxSessions,
                sessionsPerSecond,
                idleCpu,
                minIdleCpu,
                isPaused,
                isShuttingDown,
                databaseDown);
    }

    FreeSwitchState withDatabaseDown(boolean down) {
        return new FreeSwitchState(
                link,
                switchname,
                coreUuid,
                sessions,
                maxSessions,
                sessionsPerSecond,
                idleCpu,
                minIdleCpu,
                paused,
                shuttingDown,
                down);
    }

    /** How the connection to an event socket is. */
    public enum Link {
        /** None yet, or one is being made again. */
        CONNECTING,
        /** The node answers. */
        UP,
        /** Nobody listens there. */
        REFUSED,
        /** It is there and says nothing within its time, as a frozen process does. */
        SILENT,
        /** A password or an access list has to be changed; says nothing of the node. */
        MISCONFIGURED
    }
}
