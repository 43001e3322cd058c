package io.tandemsip.jainsip;

/** Where the leg of a call to a node stands. */
enum LegState {
    /** A node was chosen; the INVITE did not leave yet. */
    PLACED,
    /** The INVITE is on its way; nothing came but 100. */
    DIALLED,
    /** A provisional response came. */
    RINGING,
    /** A 2xx came: the leg has its dialog. */
    UP,
    /** Nothing more is expected; its attempt has ended. */
    OVER
}
