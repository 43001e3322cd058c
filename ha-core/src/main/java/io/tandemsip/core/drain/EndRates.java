package io.tandemsip.core.drain;

/**
 * At what rate calls end, by their age: in each bucket, those that ended in it by the time that all calls spent in it,
 * those that go on included. So calls that are not over yet weigh as they should, which a mere distribution of the ended
 * ones gets wrong (the piecewise exponential model of survival analysis). Where fewer than 20 ended beyond an age, one
 * rate holds for all that is beyond. Immutable.
 */
final class EndRates {
    private static final double TAIL_CALLS = 20;

    private final double[] perSecond = new double[LengthBuckets.COUNT];
    private final double[] sumAtLow = new double[LengthBuckets.COUNT];

    EndRates(LengthCounts ended, LengthCounts live) {
        double endedFrom = 0;
        double callsBeyond = 0;
        double secondsFrom = 0;
        double tail = 0;
        for (int i = LengthBuckets.COUNT - 1; i >= 0; i--) {
            double calls = ended.in(i) + live.in(i);
            double seconds = LengthBuckets.widthSeconds(i) * (callsBeyond + calls / 2);
            boolean inTail = endedFrom < TAIL_CALLS;
            callsBeyond += calls;
            endedFrom += ended.in(i);
            secondsFrom += seconds;
            if (inTail) {
                tail = secondsFrom > 0 ? endedFrom / secondsFrom : 0;
                perSecond[i] = -1;
            } else {
                perSecond[i] = ended.in(i) / seconds;
            }
        }
        addUp(tail);
    }

    private void addUp(double tail) {
        double sum = 0;
        for (int i = 0; i < perSecond.length; i++) {
            perSecond[i] = perSecond[i] < 0 ? tail : perSecond[i];
            sumAtLow[i] = sum;
            sum += perSecond[i] * LengthBuckets.widthSeconds(i);
        }
    }

    /** The likelihood that a call of an age goes on for a time. */
    double lasts(double ageSeconds, double seconds) {
        return Math.exp(sumTo(ageSeconds) - sumTo(ageSeconds + seconds));
    }

    private double sumTo(double ageSeconds) {
        int bucket = LengthBuckets.of((long) (ageSeconds * 1e9));
        return sumAtLow[bucket] + perSecond[bucket] * (ageSeconds - LengthBuckets.lowSeconds(bucket));
    }
}
