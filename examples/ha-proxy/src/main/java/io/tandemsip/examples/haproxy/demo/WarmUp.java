package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.examples.haproxy.StartFailure;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/**
 * Lets calls go through a proxy that is thrown away, so that what the demo measures is not how long a fresh JVM takes to
 * load classes. A proxy in production is warm when it matters. Confined to one thread.
 */
final class WarmUp {
    private static final long CALLS_MILLIS = 4000;

    private WarmUp() {}

    static void run() throws StartFailure, SocketException, InterruptedException {
        try (DemoRig rig = new DemoRig("warm-up", event -> {}, failure -> {})) {
            rig.caller.start(Demo.CALLS_PER_SECOND);
            TimeUnit.MILLISECONDS.sleep(CALLS_MILLIS);
        }
    }
}
