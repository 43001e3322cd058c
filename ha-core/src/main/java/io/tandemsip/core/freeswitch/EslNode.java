package io.tandemsip.core.freeswitch;

import io.tandemsip.core.freeswitch.FreeSwitchState.Link;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeNews;
import io.tandemsip.health.ProbeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's event socket: what it told so far, and what follows from it at once. Confined to the thread of its loop,
 * but for {@link #state} and {@link #judge}, which are thread-safe.
 */
final class EslNode implements EslConnection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EslNode.class);
    private static final String EVENTS = "HEARTBEAT SHUTDOWN SHUTDOWN_REQUESTED API";
    private static final Set<String> CHANGING =
            Set.of("pause", "resume", "shutdown", "max_sessions", "sps", "min_idle_cpu");
    private static final long DATABASE_NANOS = 10_000_000_000L;

    private final String id;
    private final EventSocketAddress address;
    private final String switchname;
    private final int legsPerCall;
    private final SocketLoop loop;
    private final EslLink link;
    private final Runnable limitsChanged;
    private final List<Consumer<FreeSwitchState>> waiting = new ArrayList<>();
    private final List<Predicate<String>> lives = new ArrayList<>();
    private volatile FreeSwitchState state = FreeSwitchState.UNKNOWN;
    private volatile @Nullable ProbeResult lastOptions;
    private @Nullable ProbeNews news;
    private boolean mayBeDead;
    private boolean saidMisconfigured;
    private boolean databaseAsked;
    private long databaseAskedNanos;

    EslNode(
            String id,
            EventSocketAddress address,
            String switchname,
            int legsPerCall,
            SocketLoop loop,
            EslTimings timings,
            RandomGenerator random,
            Runnable limitsChanged) {
        this.limitsChanged = limitsChanged;
        this.id = id;
        this.address = address;
        this.switchname = switchname;
        this.legsPerCall = legsPerCall;
        this.loop = loop;
        link = new EslLink(loop, address, timings, EVENTS, random, this);
    }

    void start() {
        link.start();
    }

    void close() {
        link.close();
        answerWaiting();
    }

    /** Whom to tell of what was not asked for; null for nobody. */
    void news(@Nullable ProbeNews listener) {
        news = listener;
    }

    boolean isAt(EventSocketAddress other, String name, int legs) {
        return address.equals(other) && switchname.equals(name) && legsPerCall == legs;
    }

    FreeSwitchState state() {
        return state;
    }

    void send(String command, Consumer<EslReply> answer) {
        link.send(command, answer);
    }

    /** Makes one result of what OPTIONS found and of what is known here. */
    ProbeResult judge(ProbeResult options) {
        lastOptions = options;
        return FreeSwitchVerdict.of(options, state, switchname, legsPerCall);
    }

    // --- questions

    /** Asks the node how it is; whoever asks meanwhile has the same answer. */
    void ask(Consumer<FreeSwitchState> answer) {
        if (!link.isUp()) {
            answer.accept(state);
            return;
        }
        waiting.add(answer);
        if (waiting.size() == 1) {
            question();
        }
    }

    private void question() {
        long now = loop.nanoTime();
        if (!databaseAsked || now - databaseAskedNanos > DATABASE_NANOS) {
            databaseAsked = true;
            databaseAskedNanos = now;
            link.send("api show calls count", this::database);
        }
        link.send("api status", status -> {
            String text = said(status);
            learn(before -> StatusText.read(text, before));
            link.send("api fsctl pause_check inbound", inbound -> {
                boolean paused = said(inbound).strip().equals("true") || StatusText.saysNotReady(text);
                link.send("api fsctl shutdown_check", shutdown -> {
                    if (shutdown instanceof EslReply.Said) {
                        boolean ends = said(shutdown).strip().equals("true");
                        learn(before -> before.withOrders(paused, ends));
                    }
                    answerWaiting();
                });
            });
        });
    }

    private static String said(EslReply reply) {
        return reply instanceof EslReply.Said said ? said.text() : "";
    }

    private void database(EslReply reply) {
        if (!(reply instanceof EslReply.Said)) {
            return;
        }
        boolean down = said(reply).startsWith("-ERR Database");
        if (down != state.databaseDown()) {
            LOG.warn(
                    "{}: its database {}",
                    id,
                    down ? "fails: calls made now could not be recovered elsewhere" : "works again");
        }
        learn(before -> before.withDatabaseDown(down));
    }

    private void answerWaiting() {
        List<Consumer<FreeSwitchState>> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(each -> each.accept(state));
    }

    private void learn(UnaryOperator<FreeSwitchState> change) {
        FreeSwitchState before = state;
        FreeSwitchState now = change.apply(before);
        state = now;
        if (!now.coreUuid().equals(before.coreUuid())) {
            lives.removeIf(waiting -> waiting.test(now.coreUuid()));
        }
        if (!now.maxSessions().equals(before.maxSessions())
                || !now.sessionsPerSecond().equals(before.sessionsPerSecond())) {
            limitsChanged.run();
        }
    }

    // --- what comes by itself

    @Override
    public void up() {
        mayBeDead = false;
        saidMisconfigured = false;
        learn(before -> before.withLink(Link.UP));
        link.send(
                "api switchname",
                name -> link.send("api global_getvar core_uuid", life -> {
                    if (name.isGood() && life.isGood()) {
                        identify(name.words(), life.words());
                    }
                }));
        ask(now -> tell());
    }

    private void identify(String name, String life) {
        learn(before -> before.withIdentity(name, life));
        tellReport();
    }

    /** Tells once when the node is in another life than that known now, or in the first that is known. */
    void nextLife(Consumer<String> begun) {
        String now = state.coreUuid();
        lives.add(life -> {
            boolean another = !life.equals(now);
            if (another) {
                begun.accept(life);
            }
            return another;
        });
    }

    @Override
    public void event(EslEvent event) {
        switch (event.name()) {
            case "HEARTBEAT" -> {
                learn(before -> StatusText.heartbeat(event, before));
                tell();
            }
            case "API" -> {
                if (event.header("API-Command").equals("fsctl") && changes(event.header("API-Command-Argument"))) {
                    afterThis(() -> ask(now -> tell()));
                }
            }
            case "SHUTDOWN_REQUESTED" -> {
                learn(before -> before.withOrders(before.paused(), true));
                tell();
            }
            case "SHUTDOWN" -> tell(new ProbeResult.NotReady("it says that it shuts down"));
            default -> LOG.debug("{}: event {}", id, event.name());
        }
    }

    /** The questions asked here make such events too; they change nothing. */
    private static boolean changes(String arguments) {
        int space = arguments.indexOf(' ');
        return CHANGING.contains(space < 0 ? arguments : arguments.substring(0, space));
    }

    /** A question under way may have been answered before the change: it takes another. */
    private void afterThis(Runnable task) {
        if (waiting.isEmpty()) {
            task.run();
        } else {
            waiting.add(now -> loop.execute(task));
        }
    }

    @Override
    public void ended(EslEnd end) {
        learn(before -> before.withLink(linkOf(end)));
        answerWaiting();
        LOG.debug("{}: event socket {}: {}", id, address, end.detail());
        switch (end.kind()) {
            case CLOSED -> mayBeDead = true;
            case SHUTDOWN -> tell(new ProbeResult.NotReady(end.detail()));
            case REFUSED -> {
                if (mayBeDead) {
                    tell(new ProbeResult.Refused("its event socket closed, and nobody listens there any more"));
                }
                mayBeDead = false;
            }
            case SILENT -> tell(new ProbeResult.NoAnswer(Duration.ZERO));
            case DENIED, WRONG_PASSWORD, FOREIGN -> misconfigured(end);
            case LOCAL -> tell(new ProbeResult.LocalError("event socket " + address + ": " + end.detail()));
        }
    }

    private static Link linkOf(EslEnd end) {
        return switch (end.kind()) {
            case CLOSED, LOCAL -> Link.CONNECTING;
            case SHUTDOWN, REFUSED -> Link.REFUSED;
            case SILENT -> Link.SILENT;
            case DENIED, WRONG_PASSWORD, FOREIGN -> Link.MISCONFIGURED;
        };
    }

    private void misconfigured(EslEnd end) {
        if (!saidMisconfigured && news != null) {
            saidMisconfigured = true;
            news.misconfigured("event socket " + address + ": " + end.detail());
        }
    }

    /** What follows from the last OPTIONS; nothing before the first. */
    private void tell() {
        ProbeResult options = lastOptions;
        if (options instanceof ProbeResult.Alive || options instanceof ProbeResult.Overloaded) {
            tell(FreeSwitchVerdict.of(options, state, switchname, legsPerCall));
        } else {
            tellReport();
        }
    }

    private void tellReport() {
        NodeReport report = FreeSwitchVerdict.report(state, NodeReport.NONE, legsPerCall);
        if (!report.equals(NodeReport.NONE)) {
            tell(new ProbeResult.Alive(Duration.ZERO, report));
        }
    }

    private void tell(ProbeResult result) {
        if (news != null) {
            news.found(result);
        }
    }
}
