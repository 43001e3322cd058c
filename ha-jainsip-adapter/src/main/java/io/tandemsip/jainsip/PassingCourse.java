package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.health.OverloadFeedback;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Response;

/**
 * The course of a request that another proxy of the group sends to a user whose connection this one has. That proxy counts
 * the call, and stays in its way. Confined to its call's mailbox.
 */
final class PassingCourse implements Course {
    private final Flows flows;
    private final Arrival arrival;

    PassingCourse(Flows flows, Arrival arrival) {
        this.flows = flows;
        this.arrival = arrival;
    }

    @Override
    public void begin(Consumer<Supplier<Step>> next) {
        Optional<RouteMark> recordRoute =
                SipMessages.makesDialog(arrival.method()) ? Optional.of(RouteMark.NONE) : Optional.empty();
        next.accept(() -> flows.passing(arrival, recordRoute));
    }

    @Override
    public void sending(Consumer<Failure> lost) {
        // a user has no state that a router would know
    }

    @Override
    public void controlled(OverloadFeedback feedback) {
        // nor does it say how much it can take
    }

    @Override
    public void progressed(Response response) {
        // the other proxy follows the call
    }

    @Override
    public boolean answered(Response response) {
        return true;
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
        return response.<Step>map(Step.Relay::new).orElseGet(() -> Step.Answer.of(Response.REQUEST_TIMEOUT));
    }

    @Override
    public void abandoned() {
        // nothing was counted
    }

    @Override
    public boolean beginsCall() {
        return arrival.isInvite();
    }
}
