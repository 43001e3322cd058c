package io.tandemsip.health;

import java.time.Duration;
import java.util.Objects;

/**
 * The numbers by which nodes are judged. The defaults find a dead node in about 0.3 s under traffic and in 1.2 s
 * without, and make every fast verdict reversible: with bursty loss a verdict that quick is false about once in two
 * minutes. Immutable.
 */
public final class HealthPolicy {
    private static final HealthPolicy DEFAULTS = new Builder().build();

    private final Duration interval;
    private final Duration suspectInterval;
    private final Duration downInterval;
    private final double jitter;
    private final Duration probeTimeout;
    private final Duration burstTimeoutFloor;
    private final int burstProbes;
    private final Duration burstSpacing;
    private final Duration burstMinimumGap;
    private final Duration silenceFloor;
    private final Duration silenceCeiling;
    private final int fallThreshold;
    private final int riseThreshold;
    private final Duration confirmDownAfter;
    private final double panicThreshold;
    private final Duration slowStart;
    private final double slowStartMinimum;
    private final Duration maxThrottle;
    private final OutlierPolicy outliers;
    private final FlapPolicy flaps;
    private final int observers;

    private HealthPolicy(Builder builder) {
        interval = builder.interval;
        suspectInterval = builder.suspectInterval;
        downInterval = builder.downInterval;
        jitter = builder.jitter;
        probeTimeout = builder.probeTimeout;
        burstTimeoutFloor = builder.burstTimeoutFloor;
        burstProbes = builder.burstProbes;
        burstSpacing = builder.burstSpacing;
        burstMinimumGap = builder.burstMinimumGap;
        silenceFloor = builder.silenceFloor;
        silenceCeiling = builder.silenceCeiling;
        fallThreshold = builder.fallThreshold;
        riseThreshold = builder.riseThreshold;
        confirmDownAfter = builder.confirmDownAfter;
        panicThreshold = builder.panicThreshold;
        slowStart = builder.slowStart;
        slowStartMinimum = builder.slowStartMinimum;
        maxThrottle = builder.maxThrottle;
        outliers = builder.outliers;
        flaps = builder.flaps;
        observers = builder.observers;
    }

    /**
     * The defaults.
     *
     * @return the policy in force unless another is given
     */
    public static HealthPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Begins a policy from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Between probes of a healthy node.
     *
     * @return 1 s by default
     */
    public Duration interval() {
        return interval;
    }

    /**
     * Between probes of a suspect node.
     *
     * @return 200 ms by default
     */
    public Duration suspectInterval() {
        return suspectInterval;
    }

    /**
     * Between probes of a node that is down.
     *
     * @return 1 s by default
     */
    public Duration downInterval() {
        return downInterval;
    }

    /**
     * By what share each interval is shortened at random, so that routers don't probe in step.
     *
     * @return 0.1 by default: 90 % to 100 % of the interval
     */
    public double jitter() {
        return jitter;
    }

    /**
     * How long a single periodic probe waits, far below SIP's 32 s.
     *
     * @return 500 ms by default
     */
    public Duration probeTimeout() {
        return probeTimeout;
    }

    /**
     * The least that a probe of a burst waits; the node's own recent round trips may raise it, up to
     * {@link #probeTimeout()}.
     *
     * @return 80 ms by default
     */
    public Duration burstTimeoutFloor() {
        return burstTimeoutFloor;
    }

    /**
     * How many probes a burst has.
     *
     * @return 3 by default
     */
    public int burstProbes() {
        return burstProbes;
    }

    /**
     * Between the probes of a burst.
     *
     * @return 50 ms by default
     */
    public Duration burstSpacing() {
        return burstSpacing;
    }

    /**
     * The least time between two bursts at one node while it keeps passing them.
     *
     * @return 500 ms by default
     */
    public Duration burstMinimumGap() {
        return burstMinimumGap;
    }

    /**
     * How long an INVITE may be without any response before the node is asked at once: the least limit. The node's
     * recent time to first response may raise it.
     *
     * @return 80 ms by default
     */
    public Duration silenceFloor() {
        return silenceFloor;
    }

    /**
     * The most that the limit for a silent INVITE may be raised to.
     *
     * @return 500 ms by default (T1 of RFC 3261)
     */
    public Duration silenceCeiling() {
        return silenceCeiling;
    }

    /**
     * How many periodic probes in a row must fail before a burst is started, when no traffic told earlier.
     *
     * @return 1 by default
     */
    public int fallThreshold() {
        return fallThreshold;
    }

    /**
     * How many signs of life in a row (passed probes, answered requests) it takes before a node that is down is healthy.
     * A suspect one needs a single one, since nothing but silence spoke against it.
     *
     * @return 2 by default
     */
    public int riseThreshold() {
        return riseThreshold;
    }

    /**
     * How long a node must have been suspect without a sign of life before it is down, when no second opinion agreed.
     *
     * @return 1 s by default
     */
    public Duration confirmDownAfter() {
        return confirmDownAfter;
    }

    /**
     * The share of a pool's nodes in service that may look bad at once; when more do, it is rather this router's own
     * network and health is left aside.
     *
     * @return 0.5 by default; 1 switches panic mode off
     */
    public double panicThreshold() {
        return panicThreshold;
    }

    /**
     * How long a node that comes back takes to get its full weight.
     *
     * @return 30 s by default; zero switches slow start off
     */
    public Duration slowStart() {
        return slowStart;
    }

    /**
     * The share of its weight with which a node comes back.
     *
     * @return 0.1 by default
     */
    public double slowStartMinimum() {
        return slowStartMinimum;
    }

    /**
     * The longest that one answer may throttle a node, whatever its Retry-After says.
     *
     * @return 5 s by default
     */
    public Duration maxThrottle() {
        return maxThrottle;
    }

    /**
     * When a node is kept from new calls because calls fail on it.
     *
     * @return {@link OutlierPolicy#defaults()} by default
     */
    public OutlierPolicy outliers() {
        return outliers;
    }

    /**
     * When a node that comes and goes is kept out.
     *
     * @return {@link FlapPolicy#defaults()} by default
     */
    public FlapPolicy flaps() {
        return flaps;
    }

    /**
     * How many of the routers that share a state ask each node at {@link #interval}; the others ask it rarely.
     *
     * @return 3 by default
     */
    public int observers() {
        return observers;
    }

    /** Collects the numbers. Not thread-safe. */
    public static final class Builder {
        private Duration interval = Duration.ofSeconds(1);
        private Duration suspectInterval = Duration.ofMillis(200);
        private Duration downInterval = Duration.ofSeconds(1);
        private double jitter = 0.1;
        private Duration probeTimeout = Duration.ofMillis(500);
        private Duration burstTimeoutFloor = Duration.ofMillis(80);
        private int burstProbes = 3;
        private Duration burstSpacing = Duration.ofMillis(50);
        private Duration burstMinimumGap = Duration.ofMillis(500);
        private Duration silenceFloor = Duration.ofMillis(80);
        private Duration silenceCeiling = Duration.ofMillis(500);
        private int fallThreshold = 1;
        private int riseThreshold = 2;
        private Duration confirmDownAfter = Duration.ofSeconds(1);
        private double panicThreshold = 0.5;
        private Duration slowStart = Duration.ofSeconds(30);
        private double slowStartMinimum = 0.1;
        private Duration maxThrottle = Duration.ofSeconds(5);
        private OutlierPolicy outliers = OutlierPolicy.defaults();
        private FlapPolicy flaps = FlapPolicy.defaults();
        private int observers = 3;

        private Builder() {}

        /**
         * Between probes, by health.
         *
         * @param healthy while the node is healthy or unknown
         * @param suspect while it is suspect
         * @param down while it is down
         * @return this
         */
        public Builder intervals(Duration healthy, Duration suspect, Duration down) {
            interval = positive("interval", healthy);
            suspectInterval = positive("suspect interval", suspect);
            downInterval = positive("down interval", down);
            return this;
        }

        /**
         * By what share each interval is shortened at random.
         *
         * @param share 0 to 0.5
         * @return this
         */
        public Builder jitter(double share) {
            jitter = within("jitter", share, 0, 0.5);
            return this;
        }

        /**
         * How long a single periodic probe waits.
         *
         * @param timeout more than zero
         * @return this
         */
        public Builder probeTimeout(Duration timeout) {
            probeTimeout = positive("probe timeout", timeout);
            return this;
        }

        /**
         * The burst of probes by which a doubt is settled.
         *
         * @param probes how many, 1 to 20
         * @param spacing between them, more than zero
         * @param timeoutFloor the least each waits, more than zero
         * @param minimumGap the least time between two bursts that pass
         * @return this
         */
        public Builder burst(int probes, Duration spacing, Duration timeoutFloor, Duration minimumGap) {
            burstProbes = (int) within("burst probes", probes, 1, 20);
            burstSpacing = positive("burst spacing", spacing);
            burstTimeoutFloor = positive("burst timeout floor", timeoutFloor);
            burstMinimumGap = positive("burst minimum gap", minimumGap);
            return this;
        }

        /**
         * How long an INVITE may be silent before the node is asked at once.
         *
         * @param floor the least limit, more than zero
         * @param ceiling the most it may be raised to, not below the floor
         * @return this
         */
        public Builder silence(Duration floor, Duration ceiling) {
            silenceFloor = positive("silence floor", floor);
            silenceCeiling = positive("silence ceiling", ceiling);
            if (ceiling.compareTo(floor) < 0) {
                throw new IllegalArgumentException(
                        "silence ceiling: " + ceiling + "; expected not less than the floor " + floor);
            }
            return this;
        }

        /**
         * How much evidence in a row a transition takes.
         *
         * @param fall failed periodic probes before a burst, 1 to 100
         * @param rise signs of life before a node that is down is healthy, 1 to 100
         * @return this
         */
        public Builder thresholds(int fall, int rise) {
            fallThreshold = (int) within("fall threshold", fall, 1, 100);
            riseThreshold = (int) within("rise threshold", rise, 1, 100);
            return this;
        }

        /**
         * How long a node must have been suspect before it is down.
         *
         * @param after more than zero
         * @return this
         */
        public Builder confirmDownAfter(Duration after) {
            confirmDownAfter = positive("confirm down after", after);
            return this;
        }

        /**
         * The share of a pool that may look bad at once.
         *
         * @param share 0 to 1; 1 switches panic mode off
         * @return this
         */
        public Builder panicThreshold(double share) {
            panicThreshold = within("panic threshold", share, 0, 1);
            return this;
        }

        /**
         * How a node that comes back regains its weight.
         *
         * @param window zero switches it off
         * @param minimum the share of its weight it begins with, more than 0 and at most 1
         * @return this
         */
        public Builder slowStart(Duration window, double minimum) {
            if (window.isNegative()) {
                throw new IllegalArgumentException("slow start: " + window + "; expected zero or more");
            }
            slowStart = window;
            slowStartMinimum = within("slow start minimum", minimum, 0.001, 1);
            return this;
        }

        /**
         * When a node is kept from new calls because calls fail on it.
         *
         * @param policy the numbers
         * @return this
         */
        public Builder outliers(OutlierPolicy policy) {
            outliers = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * When a node that comes and goes is kept out.
         *
         * @param policy the numbers
         * @return this
         */
        public Builder flaps(FlapPolicy policy) {
            flaps = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * How many of the routers that share a state ask each node at its interval; each of the others asks it at as many
         * intervals as there are routers, and whenever it has a doubt of its own.
         *
         * @param routers 1 to 1,000; with 1 there is no majority that could take a node out for all
         * @return this
         */
        public Builder observers(int routers) {
            observers = (int) within("observers", routers, 1, 1_000);
            return this;
        }

        /**
         * The longest that one answer may throttle a node.
         *
         * @param longest more than zero
         * @return this
         */
        public Builder maxThrottle(Duration longest) {
            maxThrottle = positive("max throttle", longest);
            return this;
        }

        /**
         * The policy.
         *
         * @return an immutable policy
         */
        public HealthPolicy build() {
            return new HealthPolicy(this);
        }

        private static Duration positive(String field, Duration value) {
            Objects.requireNonNull(value, field);
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
            }
            return value;
        }

        private static double within(String field, double value, double low, double high) {
            if (!(value >= low && value <= high)) {
                throw new IllegalArgumentException(field + ": " + value + "; expected " + low + " to " + high);
            }
            return value;
        }
    }
}
