package io.tandemsip.core.source;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.event.Subscription;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A list of nodes that several routers share: what is changed at one of them is obeyed by all, and by those that begin
 * later. It is each router's configured list, with what was said in shared state laid over it, node by node; what was said
 * last wins, whatever stands in configurations.
 *
 * <p>A router that begins waits for what was said before, for two seconds at most; without it, it begins with the configured
 * list. While the shared state is away, the list stays as it was and changes fail: with a
 * {@link io.tandemsip.error.StoreUnavailableException} (surely not done) or a
 * {@link io.tandemsip.error.StoreTimeoutException} (may have been done; doing it again is harmless). A state that lost an
 * entry, or has an older one since it lost its last writes, is told it again by the routers that know it, within ten
 * seconds. Text that can't be read changes nothing, and is told as trouble.
 * Give the shared state to the router as well; this source does not close it. Thread-safe.
 */
public final class SharedNodeList implements NodeSource {
    private static final String PREFIX = "node/";
    /** For how long a router that begins waits for what was said before. */
    private static final long FIRST_SECONDS = 2;

    private final NodeSource configuredSource;
    private final SharedState shared;
    /** By id: what stands in shared state as last heard. */
    private final Map<NodeId, Said> said = new TreeMap<>();

    private List<Node> configured = List.of();
    private Consumer<List<Node>> sink = list -> {};
    private Consumer<String> trouble = line -> {};
    private @Nullable Subscription watch;
    /** Whether what was said before is known, or was waited for in vain. */
    private boolean ready;

    private boolean closed;

    /** A version and a text that could be read; the node if the text lists it. */
    private record Said(long version, String text, @Nullable Node node) {}

    private SharedNodeList(NodeSource configuredSource, SharedState shared) {
        this.configuredSource = configuredSource;
        this.shared = shared;
    }

    /**
     * A shared list.
     *
     * @param configured what each router begins with, for example a {@link NodeFile} or {@link NodeSource#fixed}; this
     *     source starts and closes it
     * @param shared where changes are told
     * @return the source, for one router
     */
    public static SharedNodeList over(NodeSource configured, SharedState shared) {
        return new SharedNodeList(
                Objects.requireNonNull(configured, "configured"), Objects.requireNonNull(shared, "shared"));
    }

    /**
     * Adds a node for all routers, or replaces the one with this id.
     *
     * @param node the node
     * @return completed when it stands in shared state; fails as the class says
     * @throws IllegalArgumentException if it takes more than 65,536 characters
     */
    public CompletionStage<Void> put(Node node) {
        String text = SharedNodeText.text(node);
        return edit(node.id(), before -> text);
    }

    /**
     * Takes a node off the list of all routers, also where it is configured.
     *
     * @param id which one; also one that is not there
     * @return completed when that stands in shared state; fails as the class says
     */
    public CompletionStage<Void> remove(NodeId id) {
        return edit(id, before -> SharedNodeText.REMOVED);
    }

    /**
     * Lets each router's configuration decide of a node again.
     *
     * @param id which one
     * @return completed when that stands in shared state; fails as the class says
     */
    public CompletionStage<Void> asConfigured(NodeId id) {
        return edit(id, before -> SharedNodeText.CONFIGURED);
    }

    /**
     * Changes the weight of a node for all routers.
     *
     * @param id which one
     * @param weight more than 0, at most 1,000,000
     * @return as {@link #change}
     */
    public CompletionStage<Void> weight(NodeId id, double weight) {
        return change(id, node -> node.toBuilder().weight(weight).build());
    }

    /**
     * Changes anything of a node for all routers; two changes at once are both done, one after the other.
     *
     * @param id which one
     * @param change makes the changed copy, with the same id; pure, since it may be asked again
     * @return completed when it stands in shared state; fails as the class says, with a {@link NoSuchElementException} if the
     *     node is not on the list, and with what the change throws
     */
    public CompletionStage<Void> change(NodeId id, UnaryOperator<Node> change) {
        return edit(id, before -> {
            if (before == null) {
                throw new NoSuchElementException("node " + id + ": not on the list");
            }
            Node after = change.apply(before);
            if (!after.id().equals(id)) {
                throw new IllegalArgumentException("node " + after.id() + ": expected the same id, " + id);
            }
            return SharedNodeText.text(after);
        });
    }

    /** What is to stand, of the node as it is on the list now. */
    @FunctionalInterface
    private interface Edit {
        String next(@Nullable Node before);
    }

    private CompletionStage<Void> edit(NodeId id, Edit edit) {
        Objects.requireNonNull(id, "id");
        return edit(id, edit, knownVersion(id));
    }

    private synchronized long knownVersion(NodeId id) {
        Said known = said.get(id);
        return known == null ? SharedState.ABSENT : known.version();
    }

    /** What stands may be older than what is known, since the state lost its last writes: then that is changed, and written over it. */
    private CompletionStage<Void> edit(NodeId id, Edit edit, long standing) {
        String next;
        try {
            next = edit.next(now(id));
        } catch (NoSuchElementException | IllegalArgumentException refused) {
            return CompletableFuture.failedStage(refused);
        }
        return shared.compareAndSet(key(id), standing, next, Duration.ZERO).thenCompose(result -> {
            if (result instanceof CasResult.Applied applied) {
                heard(id, new SharedEntry(key(id), next, applied.version()));
                return CompletableFuture.completedStage(null);
            }
            CasResult.Conflict conflict = (CasResult.Conflict) result;
            conflict.current().ifPresentOrElse(entry -> heard(id, entry), () -> forget(id));
            return edit(id, edit, conflict.current().map(SharedEntry::version).orElse(SharedState.ABSENT));
        });
    }

    private static String key(NodeId id) {
        return PREFIX + id;
    }

    private synchronized @Nullable Node now(NodeId id) {
        return merged().get(id);
    }

    /**
     * The list as it is.
     *
     * @return what is configured first, in its order, then what was added, by id
     */
    public synchronized List<Node> nodes() {
        return List.copyOf(merged().values());
    }

    private Map<NodeId, Node> merged() {
        Map<NodeId, Node> all = new LinkedHashMap<>();
        configured.forEach(node -> all.put(node.id(), node));
        said.forEach((id, entry) -> {
            Node node = entry.node();
            if (node != null) {
                all.put(id, node);
            } else if (entry.text().equals(SharedNodeText.REMOVED)) {
                all.remove(id);
            }
        });
        return all;
    }

    @Override
    public void start(Consumer<List<Node>> sink) {
        start(sink, line -> {});
    }

    @Override
    public void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
        synchronized (this) {
            if (closed || watch != null) {
                throw new IllegalStateException("source of nodes: started or closed before; expected a new one");
            }
            this.sink = sink;
            this.trouble = trouble;
        }
        configuredSource.start(this::configured, trouble);
        Subscription begun = shared.watch(PREFIX, this::changed);
        synchronized (this) {
            watch = begun;
        }
        shared.list(PREFIX)
                .thenAccept(standing -> standing.forEach(entry -> changed(new SharedChange.Put(entry))))
                .toCompletableFuture()
                .orTimeout(FIRST_SECONDS, TimeUnit.SECONDS)
                .handle((all, failure) -> begin(failure))
                .join();
    }

    private synchronized boolean begin(@Nullable Throwable failure) {
        if (failure != null) {
            tellTrouble("what was said of the list of nodes is not known, it begins as configured: " + failure);
        }
        ready = true;
        handOut();
        return true;
    }

    private synchronized void configured(List<Node> list) {
        configured = List.copyOf(list);
        handOut();
    }

    private void handOut() {
        if (ready && !closed) {
            sink.accept(new ArrayList<>(merged().values()));
        }
    }

    private void changed(SharedChange change) {
        NodeId id;
        try {
            id = NodeId.of(change.key().substring(PREFIX.length()));
        } catch (IllegalArgumentException odd) {
            tellTrouble("shared state has \"" + change.key() + "\": " + odd.getMessage());
            return;
        }
        if (change instanceof SharedChange.Put put) {
            heard(id, put.entry());
        } else {
            lost(id);
        }
    }

    private synchronized void heard(NodeId id, SharedEntry entry) {
        Said before = said.get(id);
        if (before != null && before.version() >= entry.version()) {
            return;
        }
        String text = entry.value();
        Said now;
        try {
            Node node = SharedNodeText.isListed(text) ? SharedNodeText.node(id, text) : null;
            if (node == null && !text.equals(SharedNodeText.REMOVED) && !text.equals(SharedNodeText.CONFIGURED)) {
                throw new IllegalArgumentException("of another version");
            }
            now = new Said(entry.version(), text, node);
        } catch (IllegalArgumentException unreadable) {
            tellTrouble("node " + id + " in shared state: " + unreadable.getMessage() + "; left as it was");
            now = before == null
                    ? new Said(entry.version(), SharedNodeText.CONFIGURED, null)
                    : new Said(entry.version(), before.text(), before.node());
        }
        said.put(id, now);
        if (!now.text().equals(before == null ? SharedNodeText.CONFIGURED : before.text())) {
            handOut();
        }
    }

    /** No watch tells of an older entry than before, which is what stands after the last writes were lost. */
    @Override
    public void lookAgain() {
        configuredSource.lookAgain();
        if (isOpen()) {
            shared.list(PREFIX).thenAccept(this::compare);
        }
    }

    private synchronized boolean isOpen() {
        return ready && !closed;
    }

    private void compare(List<SharedEntry> standing) {
        Map<String, SharedEntry> byKey = new HashMap<>();
        for (SharedEntry entry : standing) {
            byKey.put(entry.key(), entry);
            changed(new SharedChange.Put(entry));
        }
        List<NodeId> all;
        synchronized (this) {
            all = List.copyOf(said.keySet());
        }
        for (NodeId id : all) {
            SharedEntry entry = byKey.get(key(id));
            tellAgain(id, entry == null ? SharedState.ABSENT : entry.version());
        }
    }

    /** Nobody removes an entry: the state lost it. */
    private void lost(NodeId id) {
        forget(id);
        tellAgain(id, SharedState.ABSENT);
    }

    /** Unless that stands, or another router told it, or something new; where it fails, the next look does it. */
    private void tellAgain(NodeId id, long standing) {
        String text;
        synchronized (this) {
            Said known = said.get(id);
            if (known == null || closed || stands(known, standing)) {
                return;
            }
            text = known.text();
        }
        shared.compareAndSet(key(id), standing, text, Duration.ZERO).thenAccept(result -> {
            if (result instanceof CasResult.Applied applied) {
                heard(id, new SharedEntry(key(id), text, applied.version()));
            } else if (result instanceof CasResult.Conflict conflict) {
                conflict.current().ifPresent(entry -> heard(id, entry));
            }
        });
    }

    private static boolean stands(Said known, long standing) {
        return standing == SharedState.ABSENT
                ? known.text().equals(SharedNodeText.CONFIGURED)
                : known.version() <= standing;
    }

    /** Nothing stands where something did. */
    private synchronized void forget(NodeId id) {
        Said known = said.get(id);
        if (known != null) {
            said.put(id, new Said(SharedState.ABSENT, known.text(), known.node()));
        }
    }

    private synchronized void tellTrouble(String line) {
        if (!closed) {
            trouble.accept(line);
        }
    }

    @Override
    public void close() {
        Subscription begun;
        synchronized (this) {
            closed = true;
            begun = watch;
        }
        if (begun != null) {
            begun.close();
        }
        configuredSource.close();
    }
}
