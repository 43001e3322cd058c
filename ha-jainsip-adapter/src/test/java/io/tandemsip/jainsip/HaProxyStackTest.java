package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.RepeatedTest;

class HaProxyStackTest {
    /** Fails in one of a few runs when {@code stop} does not wait for the receiving threads to begin. */
    @RepeatedTest(5)
    void stop_rightAfterTheStart_closesWhatIsOpen() throws Exception {
        SipHost host = new SipHost();
        host.close();
        assertThatCode(() -> new DatagramSocket(new InetSocketAddress("127.0.0.1", host.port)).close())
                .as("the port is free again")
                .doesNotThrowAnyException();
    }
}
