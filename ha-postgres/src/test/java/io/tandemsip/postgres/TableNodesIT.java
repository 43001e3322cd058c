package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes from tables of a real server. */
class TableNodesIT {
    private final String schema = TestServer.newSchema();
    private final PostgresStores stores = TestServer.stores(schema).connect();
    private final BlockingQueue<List<Node>> lists = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        stores.close();
        TestServer.drop(schema);
    }

    @Test
    void nodes_followTheTable_andAMistakeChangesNothing() throws Exception {
        TestServer.run("INSERT INTO " + schema + ".node VALUES ('fs1', 'sip:127.0.0.11:5080;transport=tcp',"
                + " '{media,conference}', 'a', 1, 2.5, 500)");
        try (NodeSource source = stores.nodes()) {
            source.start(lists::add, troubles::add);
            Node node = lists.poll(10, TimeUnit.SECONDS).get(0);
            assertThat(node.destination().toUri()).isEqualTo("sip:127.0.0.11:5080;transport=tcp");
            assertThat(node.pools()).containsExactly("conference", "media");
            assertThat(node.zone()).isEqualTo("a");
            assertThat(node.priority()).isEqualTo(1);
            assertThat(node.weight()).isEqualTo(2.5);
            assertThat(node.capacity().maxCalls()).isEqualTo(500);
            TestServer.run("INSERT INTO " + schema + ".node (id, uri) VALUES ('fs2', 'no uri')");
            assertThat(troubles.poll(10, TimeUnit.SECONDS)).contains("fs2").contains("no uri");
            TestServer.run("UPDATE " + schema + ".node SET uri = 'sip:127.0.0.12' WHERE id = 'fs2'");
            assertThat(lists.poll(10, TimeUnit.SECONDS)).hasSize(2);
            assertThat(troubles).isEmpty();
        }
    }

    @Test
    void dispatcherNodes_areTheLinesOfKamailiosFile() throws Exception {
        TestServer.run("CREATE TABLE " + schema + ".dispatcher (id serial PRIMARY KEY, setid integer, destination"
                + " varchar(192), flags integer, priority integer, attrs varchar(128), description varchar(64))");
        TestServer.run("INSERT INTO " + schema + ".dispatcher (setid, destination, flags, priority, attrs) VALUES"
                + " (1, 'sip:127.0.0.11:5080', 0, 10, 'duid=fs1;maxload=500'), (2, 'sip:127.0.0.12', 4, 0, '')");
        BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        try (NodeSource source = stores.dispatcherNodes(schema + ".dispatcher", (name, text) -> {
            texts.add(text);
            return List.of(Node.of("fs1", "sip:127.0.0.11"));
        })) {
            source.start(lists::add, troubles::add);
            assertThat(lists.poll(10, TimeUnit.SECONDS)).hasSize(1);
            assertThat(texts.take())
                    .isEqualTo("1 \"sip:127.0.0.11:5080\" 0 10 \"duid=fs1;maxload=500\"\n"
                            + "2 \"sip:127.0.0.12\" 4 0 \"\"\n");
        }
        assertThatThrownBy(() -> stores.dispatcherNodes("a; DROP TABLE b", (name, text) -> List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
