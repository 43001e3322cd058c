package io.tandemsip.core.freeswitch;

import io.tandemsip.node.Node;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Whether a node could recover the calls of another now. Only asks. Confined to the thread of the errand's loop. */
final class SuccessorChecks {
    private final Node node;
    private final String name;
    private final String profile;

    private SuccessorChecks(Node node, String name, String profile) {
        this.node = node;
        this.name = name;
        this.profile = profile;
    }

    /**
     * Asks one after the other, until an answer speaks against it.
     *
     * @param errand at the node
     * @param node which is asked
     * @param name its switchname
     * @param profile the SIP profile whose calls are to be recovered
     * @return why it can't, in one sentence, empty if it can; fails if it does not answer
     */
    static CompletionStage<String> whyNot(EslErrand errand, Node node, String name, String profile) {
        return whyNot(errand, new SuccessorChecks(node, name, profile).all().iterator());
    }

    private static CompletionStage<String> whyNot(EslErrand errand, Iterator<Check> left) {
        if (!left.hasNext()) {
            return CompletableFuture.completedFuture("");
        }
        Check check = left.next();
        return errand.ask(check.command()).thenCompose(answer -> {
            String why = check.whyNot().apply(answer);
            return why.isEmpty() ? whyNot(errand, left) : CompletableFuture.completedFuture(why);
        });
    }

    private List<Check> all() {
        return List.of(
                new Check("switchname", is -> is.equals(name) ? "" : says("calls itself \"" + is + "\", not " + name)),
                new Check("fsctl pause_check inbound", this::unpaused),
                new Check("fsctl pause_check", this::unpaused),
                new Check("fsctl shutdown_check", is -> is.equals("false") ? "" : says("shuts down: " + is)),
                new Check("sofia status", is -> runs(is) ? "" : says("runs no profile " + profile)),
                new Check("show calls count", is -> is.endsWith("total.") ? "" : says("has no database: " + is)));
    }

    private String unpaused(String is) {
        return is.equals("false") ? "" : says("is paused, and would lose the calls: " + is);
    }

    private String says(String what) {
        return "node " + node.id() + ' ' + what;
    }

    private boolean runs(String profiles) {
        return Pattern.compile("(?m)^\\s*" + Pattern.quote(profile) + "\\s+profile\\s.*RUNNING")
                .matcher(profiles)
                .find();
    }

    /** A question, and what its answer says against the node; nothing for an empty text. */
    private record Check(String command, Function<String, String> whyNot) {}
}
