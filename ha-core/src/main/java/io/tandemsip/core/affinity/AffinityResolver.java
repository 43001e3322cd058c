package io.tandemsip.core.affinity;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.DialogRoute.Forward;
import io.tandemsip.DialogRoute.Gone;
import io.tandemsip.DialogRoute.OwnerDown;
import io.tandemsip.DialogRoute.Undecided;
import io.tandemsip.DialogRoute.Unknown;
import io.tandemsip.core.affinity.Owners.Owner;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the owner of a dialog: by the cookie that the request carries, else by what this router remembers, else by the
 * store. A store that can't be asked never ends a dialog. Runs on the routing path; never blocks. Thread-safe.
 */
public final class AffinityResolver {
    private static final Duration STORE_RETRY = Duration.ofSeconds(1);
    private static final CompletionStage<DialogRoute> ENDED =
            CompletableFuture.completedFuture(new Gone("the dialog has ended"));
    private static final CompletionStage<DialogRoute> UNKNOWN = CompletableFuture.completedFuture(new Unknown());

    private final CookieCodec codec;
    private final NearCache near;
    private final DialogStore store;
    private final BindingWriter writer;
    private final Owners owners;
    private final DialogTimes times;
    private final Ticker ticker;
    private final RejectedCookies rejected;
    private final TakeoverRoutes takeovers;
    private final StoreOutagePolicy.LookUps lookUps;

    /**
     * A resolver.
     *
     * @param codec reads cookies
     * @param near what this router remembers
     * @param store what all routers remember
     * @param writer tells the store that dialogs live
     * @param owners tells how nodes are
     * @param times how long dialogs may be silent
     * @param ticker tells time
     * @param rejected is told of cookies that do not hold
     * @param takeovers tells who has the dialogs of dead nodes
     * @param lookUps what a request becomes that the store alone could route, while it can't be asked
     */
    public AffinityResolver(
            CookieCodec codec,
            NearCache near,
            DialogStore store,
            BindingWriter writer,
            Owners owners,
            DialogTimes times,
            Ticker ticker,
            RejectedCookies rejected,
            TakeoverRoutes takeovers,
            StoreOutagePolicy.LookUps lookUps) {
        this.codec = codec;
        this.near = near;
        this.store = store;
        this.writer = writer;
        this.owners = owners;
        this.times = times;
        this.ticker = ticker;
        this.rejected = rejected;
        this.takeovers = takeovers;
        this.lookUps = lookUps;
    }

    /**
     * Finds the owner.
     *
     * @param request what is known of the request
     * @return complete already unless the store has to be asked; never fails
     */
    public CompletionStage<DialogRoute> resolve(DialogRequest request) {
        NearCache.Entry known = near.find(request.dialog());
        CompletionStage<DialogRoute> byCookie = byCookie(request, known);
        if (byCookie != null) {
            keepAlive(request.dialog(), known);
            return byCookie;
        }
        return byMemory(request, known, null);
    }

    private CompletionStage<DialogRoute> byMemory(
            DialogRequest request, NearCache.@Nullable Entry known, @Nullable Former formerly) {
        if (known == null
                || (!near.knows(request.dialog()) && isOfOtherBranch(known.binding(request.dialog()), formerly))) {
            return byStore(request, formerly);
        }
        return near.knows(request.dialog()) ? byEntry(request, known, true) : byStoreOrInvite(request, known, formerly);
    }

    /** Whether it is known of a dialog that it was at another node than this INVITE went to. */
    private static boolean isOfOtherBranch(@Nullable DialogBinding invite, @Nullable Former formerly) {
        return invite != null
                && formerly != null
                && formerly.hadDialog()
                && !formerly.node().equals(invite.owner());
    }

    /**
     * Of the dialog only its INVITE is known here. Another branch of that INVITE may have come to another node by another router, which
     * has bound the dialog: so the store is asked first.
     */
    private CompletionStage<DialogRoute> byStoreOrInvite(
            DialogRequest request, NearCache.Entry invite, @Nullable Former formerly) {
        return ask(request.dialog())
                .handle((found, failure) ->
                        isOfJust(found) ? byLookup(found, request, null) : byEntry(request, invite, formerly != null))
                .thenCompose(Function.identity());
    }

    /** Whether it tells of the dialog, and not of its INVITE. */
    private static boolean isOfJust(@Nullable DialogLookup lookup) {
        return lookup instanceof DialogLookup.Ended
                || lookup instanceof DialogLookup.Found found
                        && !found.binding().dialog().isEarly();
    }

    private CompletionStage<DialogRoute> byEntry(DialogRequest request, NearCache.Entry known, boolean isDialogs) {
        DialogBinding binding = known.binding(request.dialog());
        if (binding == null) {
            return ENDED;
        }
        CompletionStage<DialogRoute> moved = takeovers.route(binding.owner(), binding.epoch(), request.sender());
        if (moved == null && isOfFormerLife(binding)) {
            return byStore(request, new Former(binding.owner(), isDialogs));
        }
        keepAlive(request.dialog(), known);
        return moved != null ? moved : toNode(binding.owner(), AffinityTier.NEAR_CACHE, request);
    }

    private @Nullable CompletionStage<DialogRoute> byCookie(DialogRequest request, NearCache.@Nullable Entry known) {
        if (request.cookie().isEmpty()) {
            return null;
        }
        DialogId dialog = request.dialog();
        CookieReading reading = codec.read(request.cookie(), dialog.callId(), dialog.fromTag(), dialog.toTag());
        if (reading instanceof CookieReading.Valid valid) {
            CompletionStage<DialogRoute> moved = takeovers.route(valid.node(), valid.epoch(), request.sender());
            Owner owner = owners.owner(valid.node());
            if (moved != null) {
                if (known == null && mayGoOn(request)) {
                    learn(confirmed(valid, owner, dialog));
                }
                return moved;
            }
            if (owner != null) {
                int now = CookieCodec.hash(owner.incarnation());
                boolean restarted = valid.incarnationHash() != 0 && now != 0 && valid.incarnationHash() != now;
                if (restarted) {
                    return byMemory(request, known, new Former(valid.node(), true));
                }
                if (known == null && mayGoOn(request)) {
                    learn(confirmed(valid, owner, dialog));
                }
                return to(valid.node(), owner, AffinityTier.COOKIE, request);
            }
        }
        CookieReading.Reason why =
                reading instanceof CookieReading.Rejected no ? no.reason() : CookieReading.Reason.UNKNOWN_NODE;
        rejected.rejected(dialog.callId(), why);
        return null;
    }

    /** As its first owner bound it, whoever has it now; that one may not be configured any more. */
    private static DialogBinding confirmed(CookieReading.Valid cookie, @Nullable Owner owner, DialogId dialog) {
        Incarnation life = owner == null ? Incarnation.UNKNOWN : owner.incarnation();
        return new DialogBinding(dialog, cookie.node(), life, cookie.epoch(), DialogPhase.CONFIRMED);
    }

    private CompletionStage<DialogRoute> byStore(DialogRequest request, @Nullable Former formerly) {
        CompletionStage<DialogRoute> settled = formerly == null ? null : whenSettled(formerly.node(), request);
        return settled != null ? settled : atOnce(request, formerly);
    }

    /** What a node had before a restart may be another's in a moment: null if that is known. */
    private @Nullable CompletionStage<DialogRoute> whenSettled(NodeId restarted, DialogRequest request) {
        CompletionStage<Boolean> settled = request.sender().isEmpty() ? takeovers.whenSettled(restarted) : null;
        return settled == null
                ? null
                : settled.thenCompose(isKnown -> isKnown
                        ? resolve(request)
                        : CompletableFuture.completedFuture(new OwnerDown(restarted, STORE_RETRY)));
    }

    private CompletionStage<DialogRoute> atOnce(DialogRequest request, @Nullable Former formerly) {
        return ask(request.dialog())
                .handle((found, failure) ->
                        failure != null ? undecided(failure, request, formerly) : byLookup(found, request, formerly))
                .thenCompose(Function.identity());
    }

    private CompletionStage<DialogLookup> ask(DialogId dialog) {
        try {
            return store.find(dialog);
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private CompletionStage<DialogRoute> byLookup(
            DialogLookup lookup, DialogRequest request, @Nullable Former formerly) {
        if (lookup instanceof DialogLookup.Found found) {
            DialogBinding binding = found.binding();
            boolean isInviteOnly =
                    binding.dialog().isEarly() && !request.dialog().isEarly();
            if (formerly != null && isInviteOnly && isOfOtherBranch(binding, formerly)) {
                return CompletableFuture.completedFuture(forgotten(formerly.node()));
            }
            if (!isOfFormerLife(binding)) {
                learn(binding);
            }
            return route(binding, AffinityTier.STORE, request);
        }
        return lookup instanceof DialogLookup.Ended
                ? ENDED
                : formerly == null ? UNKNOWN : CompletableFuture.completedFuture(forgotten(formerly.node()));
    }

    private CompletionStage<DialogRoute> undecided(
            Throwable failure, DialogRequest request, @Nullable Former formerly) {
        return formerly == null
                ? CompletableFuture.completedFuture(undecided(failure))
                : toNode(formerly.node(), AffinityTier.COOKIE, request);
    }

    private DialogRoute undecided(Throwable failure) {
        return switch (lookUps) {
            case OPEN -> new Unknown();
            case CLOSED -> new Undecided(STORE_RETRY, "the dialog store could not be asked: " + failure.getMessage());
        };
    }

    private CompletionStage<DialogRoute> route(DialogBinding binding, AffinityTier tier, DialogRequest request) {
        CompletionStage<DialogRoute> moved = takeovers.route(binding.owner(), binding.epoch(), request.sender());
        if (moved == null && isOfFormerLife(binding)) {
            moved = whenSettled(binding.owner(), request);
        }
        return moved != null ? moved : toNode(binding.owner(), tier, request);
    }

    private CompletionStage<DialogRoute> toNode(NodeId id, AffinityTier tier, DialogRequest request) {
        Owner owner = owners.owner(id);
        return owner == null
                ? CompletableFuture.completedFuture(new Gone("node " + id + " is not configured any more"))
                : to(id, owner, tier, request);
    }

    /**
     * Whether it was bound before its node's restart was seen. A router that sees that ends what the former life had, and binds anew what
     * it can't tell of. So what is bound to a former life in the store is known to nobody but the node, which says itself whether it
     * has the dialog; and what is not there has ended with that life.
     */
    private boolean isOfFormerLife(DialogBinding binding) {
        Owner owner = owners.owner(binding.owner());
        return owner != null && binding.incarnation().differsFrom(owner.incarnation());
    }

    /** What goes to a node that died waits until it is known whether another takes over from it, and is resolved again. */
    private CompletionStage<DialogRoute> to(NodeId id, Owner owner, AffinityTier tier, DialogRequest request) {
        if (owner.reachable()) {
            return CompletableFuture.completedFuture(new Forward(owner.node(), tier));
        }
        CompletionStage<Boolean> decided = request.sender().isEmpty() ? takeovers.whenDecided(id) : null;
        return decided != null
                ? decided.thenCompose(any -> resolve(request))
                : CompletableFuture.completedFuture(new OwnerDown(id, owner.retryAfter()));
    }

    private static DialogRoute forgotten(NodeId node) {
        return new Gone("node " + node + " was restarted since the dialog was made");
    }

    /** Whether the dialog is set up and the request does not end it. */
    private static boolean mayGoOn(DialogRequest request) {
        return !request.dialog().isEarly()
                && !request.method().equals("PRACK")
                && !request.method().equals("BYE");
    }

    /** Another router made the dialog; it may hear no more of it, so the store hears from this one that it lives. */
    private void learn(DialogBinding binding) {
        long lifeNanos = lifeNanos(binding);
        if (near.put(binding, lifeNanos)) {
            writer.keep(binding, Duration.ofNanos(lifeNanos));
        }
    }

    /** The near cache renews an entry by itself with each look-up; the store hears of it now and then. */
    private void keepAlive(DialogId dialog, NearCache.@Nullable Entry known) {
        if (known == null || known.isTombstone() || !known.storeIsDue(ticker.nanoTime())) {
            return;
        }
        DialogBinding binding = known.binding(dialog);
        if (binding != null) {
            writer.keep(binding, Duration.ofNanos(known.lifeNanos()));
        }
    }

    private long lifeNanos(DialogBinding binding) {
        return binding.phase() == DialogPhase.EARLY ? times.earlyNanos() : times.confirmedNanos(Duration.ZERO);
    }

    /**
     * A node that was restarted since.
     *
     * @param node which
     * @param hadDialog whether it is known to have had the dialog, and not only an INVITE, of which that may be another branch
     */
    private record Former(NodeId node, boolean hadDialog) {}

    /** Is told of cookies that do not hold. Called on the routing path: must not block. */
    @FunctionalInterface
    public interface RejectedCookies {
        /**
         * A cookie does not hold and was treated as absent.
         *
         * @param callId the request's Call-ID
         * @param reason why
         */
        void rejected(String callId, CookieReading.Reason reason);
    }
}
