package io.tandemsip.examples.b2bua;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.examples.ownnexthop.TestCaller;
import io.tandemsip.examples.ownnexthop.TestNode;
import io.tandemsip.jainsip.LegTracker;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The B2BUA with live calls: three nodes, one of which is killed, and one drained. Run by the profile {@code b2bua}. */
@SuppressWarnings("try") // a B2BUA works without being called
public final class LiveCalls {
    private static final PrintStream OUT = System.out;

    private LiveCalls() {}

    /**
     * Runs for some seconds, and says what happens.
     *
     * @param arguments none
     * @throws Exception if a call fails
     */
    public static void main(String[] arguments) throws Exception {
        int port = B2buaTest.freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                TestNode three = new TestNode("fs3");
                HaRouter router = Tandem.builder()
                        .pool(
                                "media",
                                pool -> pool.node("fs1", one.uri())
                                        .node("fs2", two.uri())
                                        .node("fs3", three.uri()))
                        .build()
                        .start();
                B2buaAfter b2bua = new B2buaAfter(port, LegTracker.of(router));
                TestCaller caller = new TestCaller(port)) {
            List<TestNode> nodes = List.of(one, two, three);
            List<TestCaller.Call> calls = new ArrayList<>(calls(caller));
            say("30 calls are up", nodes);
            one.kill();
            List<TestCaller.Call> later = calls(caller);
            say("fs1 was killed with its calls, and 30 more calls are up", List.of(two, three));
            var drain = router.drain("fs2").start();
            later.addAll(calls(caller));
            say("fs2 takes no new calls, and 30 more calls are up", List.of(two, three));
            for (TestCaller.Call call : later) {
                caller.ask("BYE", 2, call);
            }
            say("the later 60 calls are hung up", List.of(two, three));
            for (TestCaller.Call call : calls) {
                caller.ask("BYE", 2, call);
            }
            OUT.println("the first 30 are hung up; fs2: "
                    + drain.completion()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .state());
        }
        System.exit(0); // JAIN-SIP leaves a thread
    }

    private static List<TestCaller.Call> calls(TestCaller caller) throws Exception {
        List<TestCaller.Call> calls = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            TestCaller.Call call = caller.call();
            if (call.status() != 200) {
                throw new IllegalStateException("a call was answered with " + call.status() + "; expected 200");
            }
            calls.add(call);
        }
        return calls;
    }

    private static void say(String what, List<TestNode> nodes) {
        StringBuilder line = new StringBuilder(what).append("; at the nodes:");
        nodes.forEach(node -> line.append(' ').append(node.calls()));
        OUT.println(line);
    }
}
