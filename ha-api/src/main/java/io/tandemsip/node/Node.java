package io.tandemsip.node;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A node as it is configured: one SIP server among those that are made one service. Immutable.
 *
 * <p>Two nodes are equal when all they carry is equal; {@link #id()} alone says whether they are the same node.
 */
public final class Node {
    /** The pool of a node for which none was named. */
    public static final String DEFAULT_POOL = "default";

    private final NodeId id;
    private final SipDestination destination;
    private final SortedSet<String> pools;
    private final String zone;
    private final int priority;
    private final double weight;
    private final Capacity capacity;
    private final Map<String, String> attributes;

    private Node(Builder builder) {
        id = builder.id;
        destination = builder.destination;
        pools = Collections.unmodifiableSortedSet(new TreeSet<>(builder.pools));
        zone = builder.zone;
        priority = builder.priority;
        weight = builder.weight;
        capacity = builder.capacity;
        attributes = Map.copyOf(builder.attributes);
    }

    /**
     * Begins a node.
     *
     * @param id its name
     * @param destination where its requests are sent
     * @return a builder with pool {@value #DEFAULT_POOL}, no zone, priority 0, weight 1, unlimited capacity
     */
    public static Builder builder(NodeId id, SipDestination destination) {
        return new Builder(id, destination);
    }

    /**
     * A node with defaults for all else.
     *
     * @param id its name
     * @param uri where its requests are sent, as a SIP URI
     * @return the node
     * @throws IllegalArgumentException if either has another form
     */
    public static Node of(String id, String uri) {
        return builder(NodeId.of(id), SipDestination.parse(uri)).build();
    }

    /**
     * Its name.
     *
     * @return the id
     */
    public NodeId id() {
        return id;
    }

    /**
     * Where its requests are sent.
     *
     * @return the destination
     */
    public SipDestination destination() {
        return destination;
    }

    /**
     * The named groups that it serves. However many, it is one node: probed once, its capacity shared by all of them.
     *
     * @return at least one name, sorted, unmodifiable
     */
    public SortedSet<String> pools() {
        return pools;
    }

    /**
     * This node in other pools.
     *
     * @param names at least one, none blank
     * @return the changed copy
     * @throws IllegalArgumentException if there is none, or one is blank
     */
    public Node withPools(Collection<String> names) {
        return toBuilder().pools(names).build();
    }

    /**
     * Where it stands, for strategies that prefer what is near.
     *
     * @return empty when not set
     */
    public String zone() {
        return zone;
    }

    /**
     * Its tier; lower numbers are used first.
     *
     * @return 0 unless set
     */
    public int priority() {
        return priority;
    }

    /**
     * Its share relative to the others.
     *
     * @return more than 0
     */
    public double weight() {
        return weight;
    }

    /**
     * How much it can carry.
     *
     * @return its capacity
     */
    public Capacity capacity() {
        return capacity;
    }

    /**
     * Whatever else the configuration says of it.
     *
     * @return unmodifiable
     */
    public Map<String, String> attributes() {
        return attributes;
    }

    /**
     * A builder that holds what this node has.
     *
     * @return a builder for a changed copy
     */
    public Builder toBuilder() {
        Builder copy = new Builder(id, destination)
                .pools(pools)
                .zone(zone)
                .priority(priority)
                .weight(weight)
                .capacity(capacity);
        attributes.forEach(copy::attribute);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof Node that
                && id.equals(that.id)
                && destination.equals(that.destination)
                && pools.equals(that.pools)
                && zone.equals(that.zone)
                && priority == that.priority
                && Double.compare(weight, that.weight) == 0
                && capacity.equals(that.capacity)
                && attributes.equals(that.attributes);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id + "@" + destination;
    }

    /** Collects what a node carries. Not thread-safe. */
    public static final class Builder {
        private final NodeId id;
        private SipDestination destination;
        private Set<String> pools = Set.of(DEFAULT_POOL);
        private String zone = "";
        private int priority;
        private double weight = 1;
        private Capacity capacity = Capacity.unlimited();
        private final Map<String, String> attributes = new HashMap<>();

        private Builder(NodeId id, SipDestination destination) {
            this.id = Objects.requireNonNull(id, "id");
            this.destination = Objects.requireNonNull(destination, "destination");
        }

        /**
         * Where its requests are sent.
         *
         * @param destination the new destination
         * @return this
         */
        public Builder destination(SipDestination destination) {
            this.destination = Objects.requireNonNull(destination, "destination");
            return this;
        }

        /**
         * The named group that it serves.
         *
         * @param pool a name that is not blank
         * @return this
         * @throws IllegalArgumentException if blank
         */
        public Builder pool(String pool) {
            return pools(List.of(pool));
        }

        /**
         * The named groups that it serves.
         *
         * @param names at least one, none blank
         * @return this
         * @throws IllegalArgumentException if there is none, or one is blank
         */
        public Builder pools(Collection<String> names) {
            if (names.isEmpty()) {
                throw new IllegalArgumentException("pools of node " + id + ": none; expected at least one");
            }
            for (String name : names) {
                if (name.isBlank()) {
                    throw new IllegalArgumentException("pool of node " + id + ": blank; expected a name");
                }
            }
            pools = Set.copyOf(names);
            return this;
        }

        /**
         * Where it stands.
         *
         * @param zone any text; empty for none
         * @return this
         */
        public Builder zone(String zone) {
            this.zone = Objects.requireNonNull(zone, "zone");
            return this;
        }

        /**
         * Its tier; lower numbers are used first.
         *
         * @param priority 0 or more
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder priority(int priority) {
            if (priority < 0) {
                throw new IllegalArgumentException("priority of node " + id + ": " + priority + "; expected 0 or more");
            }
            this.priority = priority;
            return this;
        }

        /**
         * Its share relative to the others.
         *
         * @param weight more than 0, at most 1,000,000
         * @return this
         * @throws IllegalArgumentException if out of range
         */
        public Builder weight(double weight) {
            if (!(weight > 0 && weight <= 1_000_000)) {
                throw new IllegalArgumentException(
                        "weight of node " + id + ": " + weight + "; expected more than 0 and at most 1000000");
            }
            this.weight = weight;
            return this;
        }

        /**
         * How much it can carry.
         *
         * @param capacity the limits
         * @return this
         */
        public Builder capacity(Capacity capacity) {
            this.capacity = Objects.requireNonNull(capacity, "capacity");
            return this;
        }

        /**
         * Anything else that the configuration says of it.
         *
         * @param name the attribute
         * @param value its value
         * @return this
         */
        public Builder attribute(String name, String value) {
            attributes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * The node.
         *
         * @return a new node
         */
        public Node build() {
            return new Node(this);
        }
    }
}
