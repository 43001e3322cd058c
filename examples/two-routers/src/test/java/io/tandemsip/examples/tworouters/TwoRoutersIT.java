package io.tandemsip.examples.tworouters;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the example promises. */
class TwoRoutersIT {
    @Test
    void theExample_hurtsNoCall() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean held = TwoRouters.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        String printed = bytes.toString(StandardCharsets.UTF_8);
        System.out.println(printed);
        assertThat(held).as(printed).isTrue();
    }
}
