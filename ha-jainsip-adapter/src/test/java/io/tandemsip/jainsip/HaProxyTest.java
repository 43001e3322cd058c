package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.node.Node;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class HaProxyTest {
    private final ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:5080"));

    @Test
    void start_whenTheStackKeepsDialogs_refusesAndNamesTheProperty() throws Exception {
        Properties properties = HaProxyStack.properties("dialogs");
        properties.setProperty("javax.sip.AUTOMATIC_DIALOG_SUPPORT", "on");
        try (SipHost host = new SipHost(properties);
                HaProxy proxy = new HaProxy(host.provider, router)) {
            assertThatThrownBy(proxy::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("AUTOMATIC_DIALOG_SUPPORT=off");
        }
    }

    @Test
    void start_whenAnotherListens_refuses() throws Exception {
        try (SipHost host = new SipHost();
                HaProxy first = new HaProxy(host.provider, router).start();
                HaProxy second = new HaProxy(host.provider, router)) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another listener");
            assertThat(first.pending()).isZero();
        }
    }

    @Test
    void close_givesTheProviderBack() throws Exception {
        try (SipHost host = new SipHost()) {
            new HaProxy(host.provider, router).start().close();
            new HaProxy(host.provider, router).start().close();
        }
    }

    @Test
    void build_withoutProvider_isRefused() {
        assertThatThrownBy(() -> HaProxy.builder(router).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("providers");
    }
}
