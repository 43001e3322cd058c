package io.tandemsip.examples.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Gives each tenant two nodes of its own, so that one whose calls crash nodes harms two and not all. Of the two the one with
 * fewer calls for its weight takes the call; when one of them is away, the tenant's third is in its place. Two tenants seldom
 * have the same two. Immutable.
 */
final class TenantShards implements SelectionStrategy {
    static final String HEADER = "X-Tenant";

    @Override
    public String name() {
        return "tenant-shards";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Candidate[] nodes = candidates.toArray(Candidate[]::new);
        long[] seeds = new long[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            seeds[i] = hash(nodes[i].id().value());
        }
        return (call, availability, chance) -> pick(nodes, seeds, hash(tenant(call)), availability);
    }

    private static String tenant(CallRequest call) {
        return call.header(HEADER).orElseGet(call::callId);
    }

    /** The two nodes that draw the highest numbers for this tenant; a heavier node draws higher ones. */
    private static int pick(Candidate[] nodes, long[] seeds, long tenant, Availability availability) {
        int first = Selector.NONE;
        int second = Selector.NONE;
        double firstScore = 0;
        double secondScore = 0;
        for (int i = 0; i < nodes.length; i++) {
            if (!availability.isAvailable(i)) {
                continue;
            }
            double score = -nodes[i].weight() / Math.log(unit(mix(tenant ^ seeds[i])));
            if (first == Selector.NONE || score > firstScore) {
                second = first;
                secondScore = firstScore;
                first = i;
                firstScore = score;
            } else if (second == Selector.NONE || score > secondScore) {
                second = i;
                secondScore = score;
            }
        }
        return second != Selector.NONE && load(nodes[second]) < load(nodes[first]) ? second : first;
    }

    private static double load(Candidate node) {
        return node.calls() / node.weight();
    }

    private static long hash(String text) {
        UUID digest = UUID.nameUUIDFromBytes(text.getBytes(UTF_8));
        return digest.getMostSignificantBits() ^ digest.getLeastSignificantBits();
    }

    /** The last step of SplitMix64: every bit of the answer hangs on every bit of the number. */
    private static long mix(long number) {
        long mixed = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** More than 0 and less than 1. */
    private static double unit(long number) {
        return ((number >>> 11) + 0.5) * 0x1p-53;
    }
}
