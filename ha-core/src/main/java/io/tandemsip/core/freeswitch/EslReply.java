package io.tandemsip.core.freeswitch;

import java.util.Objects;

/** What came of a command. An expected outcome is a value. Each is immutable. */
sealed interface EslReply {
    /**
     * The node answered.
     *
     * @param text what it said, as it said it; an error too, which begins with {@code -ERR} or {@code -USAGE}
     */
    record Said(String text) implements EslReply {
        public Said {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * It is not known whether the node did it.
     *
     * @param why one sentence, for people
     */
    record Unanswered(String why) implements EslReply {
        public Unanswered {
            Objects.requireNonNull(why, "why");
        }
    }

    /** Whether the node answered, and not with an error. */
    default boolean isGood() {
        return this instanceof Said said && !said.text().startsWith("-");
    }

    /** The node's answer without white space around it, or why there is none; for people. */
    default String words() {
        return this instanceof Said said ? said.text().strip() : ((Unanswered) this).why();
    }
}
