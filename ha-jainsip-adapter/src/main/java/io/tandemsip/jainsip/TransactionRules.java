package io.tandemsip.jainsip;

/**
 * What a transaction over an unreliable transport does (RFC 3261 section 17, RFC 6026), without doing it: pure functions of
 * its phase and of what happened. Times are milliseconds. Immutable.
 */
final class TransactionRules {
    static final int T1 = 500;
    static final int T2 = 4_000;
    static final int T4 = 5_000;

    /** Timers B, D, F, H, J and L. */
    static final int LIFE = 64 * T1;

    private TransactionRules() {}

    /** Phases of a client transaction; calling and trying are one. */
    enum ClientPhase {
        TRYING,
        PROCEEDING,
        COMPLETED,
        TERMINATED
    }

    /** Phases of a server transaction; trying and proceeding are one. */
    enum ServerPhase {
        PROCEEDING,
        COMPLETED,
        CONFIRMED,
        ACCEPTED
    }

    /**
     * What a client transaction does about a response.
     *
     * @param next its phase from then on
     * @param passed whether its user gets the response
     * @param acknowledged whether the response gets an ACK
     */
    record Received(ClientPhase next, boolean passed, boolean acknowledged) {}

    private static final Received ABSORBED = new Received(ClientPhase.TERMINATED, false, false);

    /** A response came to a client transaction. */
    static Received onResponse(ClientPhase phase, boolean invite, int status) {
        boolean over = phase == ClientPhase.COMPLETED || phase == ClientPhase.TERMINATED;
        if (status < 200) {
            return over ? new Received(phase, false, false) : new Received(ClientPhase.PROCEEDING, true, false);
        }
        if (!invite) {
            return new Received(over ? phase : ClientPhase.COMPLETED, !over, false);
        }
        if (status < 300) {
            return new Received(over ? phase : ClientPhase.TERMINATED, true, false);
        }
        return phase == ClientPhase.TERMINATED
                ? ABSORBED
                : new Received(ClientPhase.COMPLETED, phase != ClientPhase.COMPLETED, true);
    }

    /** How long a completed client transaction absorbs retransmissions: timer D or K. */
    static int clientLinger(boolean invite) {
        return invite ? LIFE : T4;
    }

    /**
     * What a timer leads to.
     *
     * @param repeated whether the message is sent again
     * @param over whether the transaction ends here
     * @param nextMillis until the timer fires again; 0 for never
     */
    record Turn(boolean repeated, boolean over, int nextMillis) {}

    private static final Turn OVER = new Turn(false, true, 0);
    private static final Turn NOTHING = new Turn(false, false, 0);

    /**
     * Timers A and B, or E and F, fired.
     *
     * @param phase the phase
     * @param invite whether it is an INVITE
     * @param waitedMillis how long it was armed for
     * @param elapsedMillis since the request was first sent
     */
    static Turn onClientTimer(ClientPhase phase, boolean invite, int waitedMillis, int elapsedMillis) {
        if (phase == ClientPhase.COMPLETED
                || phase == ClientPhase.TERMINATED
                || (invite && phase == ClientPhase.PROCEEDING)) {
            return NOTHING;
        }
        if (elapsedMillis >= LIFE) {
            return OVER;
        }
        int longer = phase == ClientPhase.PROCEEDING ? T2 : doubled(waitedMillis, invite ? LIFE : T2);
        return new Turn(true, false, Math.min(longer, LIFE - elapsedMillis));
    }

    /**
     * What a server transaction does about a response that its user gives it.
     *
     * @param next its phase from then on
     * @param sent whether the response goes out
     */
    record Given(ServerPhase next, boolean sent) {}

    /** The user of a server transaction answers. */
    static Given onAnswer(ServerPhase phase, boolean invite, int status) {
        boolean accepts = invite && status >= 200 && status < 300;
        if (phase == ServerPhase.ACCEPTED) {
            return new Given(phase, accepts);
        }
        if (phase != ServerPhase.PROCEEDING) {
            return new Given(phase, false);
        }
        return new Given(status < 200 ? phase : accepts ? ServerPhase.ACCEPTED : ServerPhase.COMPLETED, true);
    }

    /** Whether a request that came again is answered with what was answered last; else it is absorbed. */
    static boolean repeatsAnswer(ServerPhase phase) {
        return phase == ServerPhase.PROCEEDING || phase == ServerPhase.COMPLETED;
    }

    /** Whether an ACK with the INVITE's branch ends here; one to a 2xx goes on to the far end. */
    static boolean absorbsAck(ServerPhase phase) {
        return phase == ServerPhase.COMPLETED || phase == ServerPhase.CONFIRMED;
    }

    /** Timers G and H fired: a refusal of an INVITE is repeated until its ACK comes. */
    static Turn onServerTimer(ServerPhase phase, int waitedMillis, int elapsedMillis) {
        if (phase != ServerPhase.COMPLETED) {
            return NOTHING;
        }
        if (elapsedMillis >= LIFE) {
            return OVER;
        }
        return new Turn(true, false, Math.min(doubled(waitedMillis, T2), LIFE - elapsedMillis));
    }

    private static int doubled(int millis, int most) {
        return Math.min(2 * millis, most);
    }
}
