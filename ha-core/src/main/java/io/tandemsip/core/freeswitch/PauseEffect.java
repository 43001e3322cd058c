package io.tandemsip.core.freeswitch;

/** What is to be done to a node. Immutable. */
sealed interface PauseEffect {
    /** The command of the event socket. */
    String command();

    /**
     * Writes who pauses it, or that nobody does any more.
     *
     * @param mark what to write
     */
    record Write(PauseMark mark) implements PauseEffect {
        @Override
        public String command() {
            return "api global_setvar " + PauseMark.VARIABLE + "=" + mark.text();
        }
    }

    /** Lets it take no new calls from outside; what it has goes on. */
    record Pause() implements PauseEffect {
        @Override
        public String command() {
            return "api fsctl pause inbound";
        }
    }

    /** Lets it take new calls again. */
    record Resume() implements PauseEffect {
        @Override
        public String command() {
            return "api fsctl resume inbound";
        }
    }
}
