package io.tandemsip.jainsip;

/** What a host is to do with a call, or with what it heard. Immutable. */
sealed interface LegWay {
    /** Dial the call at a node. */
    record Dial(OutgoingLeg leg) implements LegWay {}

    /** Answer the caller. */
    record Refuse(SipWay.Refused refused) implements LegWay {}

    /** Tandem has no say in it: a call that a node sends out, a response that is to be dealt with as ever. */
    record AsBefore() implements LegWay {
        static final AsBefore HERE = new AsBefore();
    }

    /** Nothing: it is dealt with, a repetition, or news of a leg that was given up. */
    record Drop() implements LegWay {
        static final Drop HERE = new Drop();
    }
}
