package io.tandemsip.examples.haproxy.config;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.jainsip.EdgePolicy;
import io.tandemsip.jainsip.TopologyHiding;
import io.tandemsip.node.Node;
import io.tandemsip.selection.SelectionStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the file says, checked. Immutable.
 *
 * @param listen at least one
 * @param advertisedHost what peers reach the proxy by; empty for each listening point's own address
 * @param tls the proxy's key; empty if it listens by neither TLS nor WSS
 * @param nodes of all pools
 * @param defaultPool where new calls go
 * @param strategy how nodes are picked; empty for the router's default
 * @param poolStrategies for pools that say otherwise
 * @param spillOver by how much a priority is over-provisioned; infinite if it hands on only what it can't take
 * @param health the numbers by which nodes are judged
 * @param failover when a call is tried at another node
 * @param keys sign affinity cookies; empty for a random one
 * @param store where several proxies share what they know; empty for one on its own
 * @param eventSockets where those of FreeSWITCH nodes are
 * @param takeover how calls outlive their node; empty if they end with it
 * @param edge what strangers may do
 * @param topology whether callers see the addresses of nodes
 * @param shedAfter how long messages may wait for the proxy before it refuses new requests; empty if it never does
 * @param datagramsUpTo the most bytes of a request by UDP, above which it goes by TCP; empty for the proxy's default
 * @param registrations what becomes of REGISTER
 * @param http where operators ask
 */
public record ProxyConfig(
        List<ListeningPointConfig> listen,
        String advertisedHost,
        Optional<TlsConfig> tls,
        List<Node> nodes,
        String defaultPool,
        Optional<SelectionStrategy> strategy,
        Map<String, SelectionStrategy> poolStrategies,
        double spillOver,
        HealthPolicy health,
        FailoverPolicy failover,
        Optional<AffinityKeys> keys,
        Optional<StoreConfig> store,
        EventSockets eventSockets,
        Optional<TakeoverConfig> takeover,
        EdgePolicy edge,
        TopologyHiding topology,
        Optional<Duration> shedAfter,
        Optional<Integer> datagramsUpTo,
        RegistrationsConfig registrations,
        HttpConfig http) {
    /** Copies the collections. */
    public ProxyConfig {
        listen = List.copyOf(listen);
        nodes = List.copyOf(nodes);
        poolStrategies = Map.copyOf(poolStrategies);
    }
}
