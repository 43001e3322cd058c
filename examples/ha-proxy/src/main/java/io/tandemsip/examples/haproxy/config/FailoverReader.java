package io.tandemsip.examples.haproxy.config;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.RetryBudget;
import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads when a call is tried at another node; what is missing keeps its default. Confined to one thread. */
final class FailoverReader {
    private static final int MOST_ATTEMPTS = 100;
    private static final double MOST_PER_SECOND = 1_000_000;

    private final YamlSection section;
    private FailoverPolicy policy = FailoverPolicy.defaults();

    private FailoverReader(YamlSection section) {
        this.section = section;
    }

    static FailoverPolicy read(YamlSection section) {
        return new FailoverReader(section.knowing(
                        "attempts",
                        "statusCodes",
                        "afterRinging",
                        "afterEarlyMedia",
                        "firstResponseWithin",
                        "progressWithin",
                        "totalWithin",
                        "retryRatio",
                        "retriesPerSecond",
                        "unavailableStatus"))
                .policy();
    }

    private FailoverPolicy policy() {
        set("attempts", at -> at.integer(1, MOST_ATTEMPTS), FailoverPolicy::withMaxAttempts);
        section.scalar("statusCodes")
                .flatMap(at -> at.as(text -> policy.withStatusCodes(codes(text))))
                .ifPresent(changed -> policy = changed);
        set("afterRinging", FailoverReader::yesOrNo, FailoverPolicy::withAfterProvisional);
        set("afterEarlyMedia", FailoverReader::yesOrNo, FailoverPolicy::withAfterEarlyMedia);
        section.scalar("unavailableStatus")
                .flatMap(
                        at -> at.integer(1, 999).flatMap(status -> at.as(text -> policy.withUnavailableStatus(status))))
                .ifPresent(changed -> policy = changed);
        set("firstResponseWithin", DurationReader::positive, FailoverPolicy::withFirstResponseWithin);
        set("progressWithin", DurationReader::positive, FailoverPolicy::withProgressWithin);
        set("totalWithin", DurationReader::positive, FailoverPolicy::withTotalWithin);
        set(
                "retryRatio",
                at -> at.decimal(0, MOST_ATTEMPTS),
                (now, ratio) -> now.withRetryBudget(
                        new RetryBudget(ratio, now.retryBudget().perSecond())));
        set(
                "retriesPerSecond",
                at -> at.decimal(0, MOST_PER_SECOND),
                (now, perSecond) ->
                        now.withRetryBudget(new RetryBudget(now.retryBudget().ratio(), perSecond)));
        return policy;
    }

    private <T> void set(
            String key,
            Function<YamlScalar, Optional<T>> reader,
            BiFunction<FailoverPolicy, T, FailoverPolicy> change) {
        section.scalar(key).flatMap(reader).ifPresent(value -> policy = change.apply(policy, value));
    }

    private static Set<Integer> codes(String text) {
        Set<Integer> codes = new TreeSet<>();
        for (String word : text.trim().split("[ ,]+", -1)) {
            try {
                codes.add(Integer.parseInt(word));
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException(
                        text + "; expected status codes with commas between them", notANumber);
            }
        }
        return codes;
    }

    static Optional<Boolean> yesOrNo(YamlScalar at) {
        return switch (at.text()) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> at.wrong("true or false");
        };
    }
}
