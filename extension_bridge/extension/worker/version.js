import schema from "../schema/protocol.js";

/** The version of the wire, which both ends must share. Stated in extension_bridge/__init__.py. */
export const VERSION = schema.messages.request.properties.v.const;
