package io.tandemsip;

import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.TrafficClass;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What routing needs to know of a request that begins something: an INVITE, or a REGISTER or SUBSCRIBE outside a
 * dialog. Immutable, as far as the header function given is.
 */
public final class CallRequest {
    private static final Function<String, Optional<String>> NO_HEADERS = CallRequest::noHeader;

    private final String callId;
    private final String fromTag;
    private final String method;
    private final String requestUri;
    private final TrafficClass trafficClass;
    private final String pool;
    private final String zone;
    private final String transaction;
    private final Map<String, Integer> resources;
    private final Optional<NodeId> preferredNode;
    private final Function<String, Optional<String>> headers;

    private CallRequest(Builder builder) {
        callId = builder.callId;
        fromTag = builder.fromTag;
        method = builder.method;
        requestUri = builder.requestUri;
        trafficClass = builder.trafficClass == null ? classOf(builder.method) : builder.trafficClass;
        pool = builder.pool;
        zone = builder.zone;
        transaction = builder.transaction;
        resources = builder.resources.isEmpty() ? Map.of() : Map.copyOf(builder.resources);
        preferredNode = builder.preferredNode;
        headers = builder.headers;
    }

    private CallRequest(CallRequest of, Function<String, Optional<String>> headers) {
        callId = of.callId;
        fromTag = of.fromTag;
        method = of.method;
        requestUri = of.requestUri;
        trafficClass = of.trafficClass;
        pool = of.pool;
        zone = of.zone;
        transaction = of.transaction;
        resources = of.resources;
        preferredNode = of.preferredNode;
        this.headers = headers;
    }

    /**
     * Begins a request.
     *
     * @param callId the Call-ID, not empty
     * @param fromTag the From tag; empty for peers that send none
     * @return a builder for an INVITE to the default pool
     */
    public static Builder builder(String callId, String fromTag) {
        return new Builder(callId, fromTag);
    }

    /**
     * An INVITE to the default pool.
     *
     * @param callId the Call-ID, not empty
     * @param fromTag the From tag
     * @return the request
     */
    public static CallRequest invite(String callId, String fromTag) {
        return builder(callId, fromTag).build();
    }

    private static Optional<String> noHeader(String name) {
        return Optional.empty();
    }

    private static TrafficClass classOf(String method) {
        return switch (method) {
            case "INVITE" -> TrafficClass.NEW_DIALOG;
            case "REGISTER" -> TrafficClass.REGISTER;
            default -> TrafficClass.SUBSCRIBE;
        };
    }

    /**
     * The Call-ID.
     *
     * @return not empty
     */
    public String callId() {
        return callId;
    }

    /**
     * The From tag.
     *
     * @return empty if there is none
     */
    public String fromTag() {
        return fromTag;
    }

    /**
     * The method.
     *
     * @return INVITE unless set
     */
    public String method() {
        return method;
    }

    /**
     * The Request-URI.
     *
     * @return empty if not set
     */
    public String requestUri() {
        return requestUri;
    }

    /**
     * What it is, as far as a node's state decides over it.
     *
     * @return by the method unless set
     */
    public TrafficClass trafficClass() {
        return trafficClass;
    }

    /**
     * Which group of nodes is to serve it.
     *
     * @return {@value Node#DEFAULT_POOL} unless set; a router with a single pool uses that one
     */
    public String pool() {
        return pool;
    }

    /**
     * Where it comes from, for strategies that prefer what is near.
     *
     * @return empty if not set
     */
    public String zone() {
        return zone;
    }

    /**
     * Names the server transaction, so that a retransmission is told from a new call.
     *
     * @return empty if not set
     */
    public String transaction() {
        return transaction;
    }

    /**
     * What it asks of the nodes' named resources.
     *
     * @return unmodifiable; units by name
     */
    public Map<String, Integer> resources() {
        return resources;
    }

    /**
     * The node that gets it if that can take it, whatever the strategy.
     *
     * @return empty if not set
     */
    public Optional<NodeId> preferredNode() {
        return preferredNode;
    }

    /**
     * A header's value, for strategies that hash or decide by one.
     *
     * @param name the header's name in any case
     * @return empty if there is none, or no header function was given
     */
    public Optional<String> header(String name) {
        return headers.apply(name);
    }

    /**
     * What is left to know once no strategy is asked any more. A header function holds the host's whole message.
     *
     * @return the same without header function
     */
    public CallRequest withoutHeaders() {
        return headers == NO_HEADERS ? this : new CallRequest(this, NO_HEADERS);
    }

    /**
     * The name of all dialogs that may come of it.
     *
     * @return an early id
     */
    public DialogId dialog() {
        return DialogId.early(callId, fromTag);
    }

    @Override
    public String toString() {
        return method + ' ' + callId;
    }

    /** Collects what a request carries. Not thread-safe. */
    public static final class Builder {
        private final String callId;
        private final String fromTag;
        private String method = "INVITE";
        private String requestUri = "";
        private @Nullable TrafficClass trafficClass;
        private String pool = Node.DEFAULT_POOL;
        private String zone = "";
        private String transaction = "";
        private final Map<String, Integer> resources = new HashMap<>(0);
        private Optional<NodeId> preferredNode = Optional.empty();
        private Function<String, Optional<String>> headers = NO_HEADERS;

        private Builder(String callId, String fromTag) {
            this.callId = Objects.requireNonNull(callId, "callId");
            this.fromTag = Objects.requireNonNull(fromTag, "fromTag");
            if (callId.isEmpty()) {
                throw new IllegalArgumentException("Call-ID: empty; expected the value of the Call-ID header");
            }
        }

        /**
         * The method.
         *
         * @param method in capitals
         * @return this
         */
        public Builder method(String method) {
            this.method = Objects.requireNonNull(method, "method");
            return this;
        }

        /**
         * The Request-URI.
         *
         * @param requestUri as it was received
         * @return this
         */
        public Builder requestUri(String requestUri) {
            this.requestUri = Objects.requireNonNull(requestUri, "requestUri");
            return this;
        }

        /**
         * What it is, where the method does not tell: a call that must get through.
         *
         * @param trafficClass the class
         * @return this
         */
        public Builder trafficClass(TrafficClass trafficClass) {
            this.trafficClass = Objects.requireNonNull(trafficClass, "trafficClass");
            return this;
        }

        /**
         * Which group of nodes is to serve it.
         *
         * @param pool the pool's name
         * @return this
         */
        public Builder pool(String pool) {
            this.pool = Objects.requireNonNull(pool, "pool");
            return this;
        }

        /**
         * Where it comes from.
         *
         * @param zone any text
         * @return this
         */
        public Builder zone(String zone) {
            this.zone = Objects.requireNonNull(zone, "zone");
            return this;
        }

        /**
         * Names the server transaction: the top Via's sent-by and branch. Hosts without transactions (stateless
         * proxies) set it, and get the same attempt again for a retransmission instead of a second one.
         *
         * @param transaction any text that is equal for retransmissions only
         * @return this
         */
        public Builder transaction(String transaction) {
            this.transaction = Objects.requireNonNull(transaction, "transaction");
            return this;
        }

        /**
         * What it asks of a named resource.
         *
         * @param name the resource
         * @param units 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder resource(String name, int units) {
            Objects.requireNonNull(name, "name");
            if (units < 0) {
                throw new IllegalArgumentException("resource " + name + ": " + units + "; expected 0 or more");
            }
            resources.put(name, units);
            return this;
        }

        /**
         * The node that it belongs with: the one that challenged it, or that knows what it refers to. It gets the call if
         * the strategy could have picked it; else the strategy decides, and so it does when that node fails.
         *
         * @param node the node's name; one that is not known, or serves another pool, counts as none
         * @return this
         */
        public Builder preferredNode(NodeId node) {
            this.preferredNode = Optional.of(node);
            return this;
        }

        /**
         * How to read a header.
         *
         * @param headers from a header's name to its value; called on the routing path
         * @return this
         */
        public Builder headers(Function<String, Optional<String>> headers) {
            this.headers = Objects.requireNonNull(headers, "headers");
            return this;
        }

        /**
         * The request.
         *
         * @return an immutable request
         */
        public CallRequest build() {
            return new CallRequest(this);
        }
    }
}
