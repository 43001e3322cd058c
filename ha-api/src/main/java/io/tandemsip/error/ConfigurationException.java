package io.tandemsip.error;

import java.io.Serial;
import java.util.List;

/** The configuration is wrong. All mistakes are listed at once; nothing was started. */
public class ConfigurationException extends HaException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String[] mistakes;

    /**
     * With all mistakes.
     *
     * @param mistakes each names the field, the value and what was expected; not empty
     */
    public ConfigurationException(List<String> mistakes) {
        super(mistakes.size() + " mistake(s) in the configuration: " + String.join("; ", mistakes));
        this.mistakes = mistakes.toArray(String[]::new);
    }

    /**
     * All mistakes.
     *
     * @return each names the field, the value and what was expected
     */
    public List<String> mistakes() {
        return List.of(mistakes);
    }
}
