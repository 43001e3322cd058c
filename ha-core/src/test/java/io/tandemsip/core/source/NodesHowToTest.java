package io.tandemsip.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.kamailio.DispatcherList;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/how-to/where-nodes-come-from.md shows does what it says. */
class NodesHowToTest {
    private static String snippet(String language) throws IOException {
        String page = Files.readString(Path.of("../docs/how-to/where-nodes-come-from.md"));
        Matcher found =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    @Test
    void yaml_isRead() throws IOException {
        List<Node> nodes = YamlNodes.format().read("nodes.yaml", snippet("yaml"));
        assertThat(nodes).extracting(node -> node.id().value()).containsExactly("fs1", "fs2");
        assertThat(nodes.get(1).pools()).containsExactly("conference", "media");
    }

    @Test
    void dispatcherList_isRead() throws IOException {
        String page = Files.readString(Path.of("../docs/how-to/where-nodes-come-from.md"));
        String list = page.substring(page.indexOf("# setid destination"));
        List<Node> nodes = DispatcherList.format()
                .pool(1, "media")
                .read("dispatcher.list", list.substring(0, list.indexOf("```")));
        assertThat(nodes).extracting(node -> node.id().value()).containsExactly("fs1", "fs2");
        assertThat(nodes.get(1).pools()).containsExactly("2", "media");
        assertThat(nodes.get(1).weight()).isEqualTo(50);
    }

    /** The lines of the page, as they stand there. */
    @Test
    void liveNodes_areChanged() throws IOException {
        assertThat(snippet("java").lines().skip(2))
                .containsExactly(
                        "nodes.put(Node.of(\"fs2\", \"sip:127.0.0.12:5080\"));",
                        "nodes.weight(NodeId.of(\"fs1\"), 0.5);",
                        "nodes.remove(NodeId.of(\"fs1\"));");
        LiveNodes nodes = LiveNodes.of(Node.of("fs1", "sip:127.0.0.11:5080"));
        try (HaRouter router = Tandem.builder().nodes(nodes).build().start()) {
            nodes.put(Node.of("fs2", "sip:127.0.0.12:5080"));
            nodes.weight(NodeId.of("fs1"), 0.5);
            nodes.remove(NodeId.of("fs1"));
            assertThat(router.view()).isNotNull();
        }
        assertThat(nodes.nodes()).extracting(node -> node.id().value()).containsExactly("fs2");
    }
}
