package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.cluster.SeveralRoutersContract;
import io.tandemsip.node.AdminState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several routers over one real Redis. */
class RedisSeveralRoutersIT extends SeveralRoutersContract {
    private final RedisProcess server = RedisProcess.server(Binaries.maven());

    @Override
    protected void endServer() {
        server.close();
    }

    @Override
    protected Stores connect() {
        RedisStores all =
                RedisStores.builder(server.url()).timeout(Duration.ofSeconds(2)).connect();
        return new Stores(all.dialogs(), all.sharedState(), all::close);
    }

    @Override
    protected Duration obeyedWithin() {
        return Duration.ofMillis(250);
    }

    /** The latest of three looks comes after 150 ms on average. */
    @Override
    protected Duration obeyedByNewsWithin() {
        return Duration.ofMillis(100);
    }

    /** The killed one starts anew without what it knew. */
    @Override
    protected Map<String, Outage> outages() {
        Map<String, Outage> all = new LinkedHashMap<>();
        all.put("paused", new Outage(server::pause, server::resume));
        all.put("killed", new Outage(server::kill, server::start));
        return all;
    }

    /** A Redis without persistence that is started anew knows nothing; the routers that are there tell it. */
    @Test
    void aRedisThatForgotEverything_isToldAgain_andANewRouterObeys() {
        settle();
        members.get(0).router().takeOut("n1", "bad disk");
        members.forEach(each -> each.awaitAdmin(to -> to == AdminState.OUT_OF_SERVICE));
        server.kill();
        server.start();
        until(
                "the order stands again",
                () -> Stages.eventually(
                                () -> members.get(0).stores().sharedState().get("admin/n1"))
                        .isPresent());
        Member late = another();
        assertThat(late.admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(members.get(2).admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
    }
}
