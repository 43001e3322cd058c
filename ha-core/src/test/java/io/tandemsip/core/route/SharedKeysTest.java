package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.event.HaEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Cookie keys that the routers draw, share and change by themselves. */
class SharedKeysTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final SeveralRouters world = new SeveralRouters(3, 0, 2);
    private final Member first = begin();
    private final Member second = begin();

    private Member begin() {
        return world.begin(Mode.THERE, builder -> builder.rotateAffinityKeys(HOUR));
    }

    /** Fails when {@code RouterGroup.start} does not ask for keys, or {@code CookieCodec.keys} forgets the nodes. */
    @Example
    void cookieOfOneRouter_isUnderstoodByTheOthers_fromTheFirstCallOn() {
        assertUnderstood(cookie(first), second);
        assertUnderstood(cookie(second), first);
        assertUnderstood(cookie(second), begin());
    }

    /** Fails when {@code KeyRing.announced} forgets the other keys, or {@code signing} is never reached. */
    @Example
    void keysChange_andCookiesOfTheOldOnesHold() {
        List<Cookie> cookies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            cookies.add(cookie(first));
            world.advance(HOUR.plusSeconds(30));
        }
        assertThat(cookies.stream().map(cookie -> cookie.text.substring(0, 2)).distinct())
                .hasSize(4);
        for (Cookie cookie : cookies) {
            assertUnderstood(cookie, first);
            assertUnderstood(cookie, second);
            assertUnderstood(cookie, begin());
        }
        assertThat(first.events(HaEvent.CookieRejected.class)).isEmpty();
    }

    /** Fails when {@code SharedKeys.start} gives up with the first failure, or {@code KeyRing.keys} leaves out the own one. */
    @Example
    void routerThatBeginsWithoutTheState_signsOnItsOwn_andJoinsWhenItIsBack() {
        Member alone = world.begin(Mode.UNAVAILABLE, builder -> {});
        assertThat(alone.events(HaEvent.PartFailed.class)).hasSize(1);
        Cookie own = cookie(alone);
        assertUnderstood(own, alone);
        assertThat(tier(own, second)).isEqualTo(AffinityTier.STORE);
        alone.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(3));
        assertUnderstood(own, alone);
        assertUnderstood(cookie(alone), second);
        assertUnderstood(cookie(second), alone);
    }

    /** A state that lost the keys is told again. Fails when {@code SharedKeys.heard} takes what is gone for nothing. */
    @Example
    void keysThatTheStateLost_areToldAgain() {
        Cookie before = cookie(first);
        long version = world.shared
                .get("keys/affinity")
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .version();
        world.shared.remove("keys/affinity", version);
        world.advance(Duration.ofMillis(100));
        assertUnderstood(before, begin());
    }

    /** Fails when {@code SharedEntry}, {@code KeyRing} or an event prints what stands under the key. */
    @Example
    void keysAreNeverPrinted() {
        world.advance(HOUR.plusMinutes(1));
        String standing = world.standing("keys/affinity");
        List<String> secrets = Arrays.stream(standing.split(" "))
                .filter(word -> word.contains(":"))
                .map(word -> word.substring(word.indexOf(':') + 1))
                .toList();
        assertThat(secrets).hasSize(2).allMatch(secret -> secret.length() == 43);
        String printed = first.events.toString()
                + first.router.recentEvents()
                + world.shared.list("").toCompletableFuture().join()
                + world.shared
                        .compareAndSet("keys/affinity", 12345, "x", Duration.ZERO)
                        .toCompletableFuture()
                        .join();
        assertThat(secrets).noneMatch(printed::contains);
    }

    @Example
    void rotationInLessThanAnHour_isRefused() {
        assertThatThrownBy(() -> Tandem.builder()
                        .pool("p", pool -> pool.node("n", "sip:127.0.0.1:5060"))
                        .rotateAffinityKeys(Duration.ofMinutes(59))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rotation of affinity keys: PT59M; expected an hour or more");
    }

    /**
     * D2, whatever happens: nobody who is there signs with a key that another who is there does not verify with.
     *
     * <p>Fails when {@code SharedKeys.allVerify} answers true at once, or {@code Routers.isSettled} does; when the step
     * that announces signs as well.
     */
    @Property(tries = 8)
    void d2_cookiesAreUnderstoodByAllWhoAreThere(@ForAll long seed) {
        SharedKeysTest run = new SharedKeysTest();
        SplittableRandom random = new SplittableRandom(seed);
        run.begin();
        for (int i = 0; i < 40; i++) {
            Member who = run.world.member(random.nextInt(run.world.members.size()));
            switch (random.nextInt(6)) {
                case 0 -> who.link.become(random.nextBoolean() ? Mode.UNAVAILABLE : Mode.DONE_BUT_TIMED_OUT);
                case 1, 2 -> run.world.members.forEach(each -> each.link.become(Mode.THERE));
                case 3 -> run.world.advance(HOUR.minusSeconds(random.nextInt(60)));
                default -> run.world.advance(Duration.ofMillis(random.nextInt(8_000)));
            }
            run.check();
        }
    }

    private void check() {
        if (world.members.stream().allMatch(each -> each.link.isWell())) {
            world.advance(Duration.ofSeconds(5));
            for (Member each : world.members) {
                Cookie cookie = cookie(each);
                world.members.forEach(other -> assertUnderstood(cookie, other));
            }
        }
    }

    private static Cookie cookie(Member member) {
        CallAttempt attempt = member.call();
        Cookie cookie = new Cookie(attempt.cookie(), member.lastCallId());
        member.live.remove(attempt);
        return cookie;
    }

    private static void assertUnderstood(Cookie cookie, Member member) {
        assertThat(tier(cookie, member)).isEqualTo(AffinityTier.COOKIE);
    }

    private static AffinityTier tier(Cookie cookie, Member member) {
        DialogRequest request = DialogRequest.of(new DialogId(cookie.callId, "b", "t"), "OPTIONS")
                .withCookie(cookie.text);
        return ((DialogRoute.Forward)
                        member.router.locate(request).toCompletableFuture().join())
                .tier();
    }

    private record Cookie(String text, String callId) {}
}
