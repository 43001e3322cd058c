package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.health.HealthPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Reads the health numbers; what is missing keeps its default. Confined to one thread. */
final class HealthReader {
    private static final HealthPolicy DEFAULTS = HealthPolicy.defaults();
    private static final double LEAST_SLOW_START = 0.001;
    private static final double MOST_JITTER = 0.5;

    private final YamlSection section;

    private HealthReader(YamlSection section) {
        this.section = section;
    }

    static HealthPolicy read(YamlSection section) {
        return new HealthReader(section.knowing(
                        "interval",
                        "suspectInterval",
                        "downInterval",
                        "jitter",
                        "probeTimeout",
                        "burstProbes",
                        "burstSpacing",
                        "burstTimeoutFloor",
                        "burstMinimumGap",
                        "silenceFloor",
                        "silenceCeiling",
                        "fall",
                        "rise",
                        "confirmDownAfter",
                        "panicThreshold",
                        "slowStart",
                        "slowStartMinimum",
                        "maxThrottle"))
                .policy();
    }

    private HealthPolicy policy() {
        HealthPolicy.Builder policy = HealthPolicy.builder()
                .intervals(
                        positive("interval", DEFAULTS.interval()),
                        positive("suspectInterval", DEFAULTS.suspectInterval()),
                        positive("downInterval", DEFAULTS.downInterval()))
                .jitter(share("jitter", 0, MOST_JITTER, DEFAULTS.jitter()))
                .probeTimeout(positive("probeTimeout", DEFAULTS.probeTimeout()))
                .burst(
                        count("burstProbes", 20, DEFAULTS.burstProbes()),
                        positive("burstSpacing", DEFAULTS.burstSpacing()),
                        positive("burstTimeoutFloor", DEFAULTS.burstTimeoutFloor()),
                        positive("burstMinimumGap", DEFAULTS.burstMinimumGap()))
                .thresholds(count("fall", 100, DEFAULTS.fallThreshold()), count("rise", 100, DEFAULTS.riseThreshold()))
                .confirmDownAfter(positive("confirmDownAfter", DEFAULTS.confirmDownAfter()))
                .panicThreshold(share("panicThreshold", 0, 1, DEFAULTS.panicThreshold()))
                .slowStart(
                        section.scalar("slowStart")
                                .flatMap(DurationReader::duration)
                                .orElse(DEFAULTS.slowStart()),
                        share("slowStartMinimum", LEAST_SLOW_START, 1, DEFAULTS.slowStartMinimum()))
                .maxThrottle(positive("maxThrottle", DEFAULTS.maxThrottle()));
        return silence(policy).build();
    }

    private HealthPolicy.Builder silence(HealthPolicy.Builder policy) {
        Duration floor = positive("silenceFloor", DEFAULTS.silenceFloor());
        Duration ceiling = positive("silenceCeiling", DEFAULTS.silenceCeiling());
        if (ceiling.compareTo(floor) >= 0) {
            return policy.silence(floor, ceiling);
        }
        String key = section.has("silenceCeiling") ? "silenceCeiling" : "silenceFloor";
        section.scalar(key)
                .ifPresent(at -> at.wrong("silenceFloor " + floor.toMillis() + "ms not above silenceCeiling "
                        + ceiling.toMillis() + "ms"));
        return policy;
    }

    private Duration positive(String key, Duration otherwise) {
        return read(key, DurationReader::positive, otherwise);
    }

    private double share(String key, double low, double high, double otherwise) {
        return read(key, at -> at.decimal(low, high), otherwise);
    }

    private int count(String key, int most, int otherwise) {
        return read(key, at -> at.integer(1, most), otherwise);
    }

    private <T> T read(String key, Function<YamlScalar, Optional<T>> reader, T otherwise) {
        return section.scalar(key).flatMap(reader).orElse(otherwise);
    }
}
