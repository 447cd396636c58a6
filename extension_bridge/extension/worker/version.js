import schema from "../schema/protocol.js";

/** The protocol version, which both ends must share; defined in extension_bridge/__init__.py. */
export const VERSION = schema.messages.request.properties.v.const;
