// Written by: python -m extension_bridge.protocol
export default {
 "$schema": "https://json-schema.org/draft/2020-12/schema",
 "answers": {
  "command": {
   "description": "What a command of the app answers to the panel.",
   "properties": {
    "text": {
     "default": "",
     "title": "Text",
     "type": "string"
    },
    "value": {
     "default": null,
     "title": "Value"
    }
   },
   "title": "AppAnswer",
   "type": "object"
  },
  "hello": {
   "$defs": {
    "Settings": {
     "additionalProperties": true,
     "description": "What the extension needs to know of the app's settings.",
     "properties": {
      "search": {
       "default": "",
       "title": "Search",
       "type": "string"
      }
     },
     "title": "Settings",
     "type": "object"
    }
   },
   "description": "The answer to hello: the app's version, whether its command input is on, its settings.",
   "properties": {
    "app": {
     "title": "App",
     "type": "string"
    },
    "listening": {
     "title": "Listening",
     "type": "boolean"
    },
    "settings": {
     "$ref": "#/$defs/Settings",
     "default": {
      "search": ""
     }
    }
   },
   "required": [
    "app",
    "listening"
   ],
   "title": "Joined",
   "type": "object"
  }
 },
 "commands": {
  "act": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "id": {
      "maxLength": 100000,
      "title": "Id",
      "type": "string"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "required": [
     "id"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {}
  },
  "back": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "bookmark": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "title": {
      "anyOf": [
       {
        "maxLength": 100000,
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Title"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "id": {
      "title": "Id",
      "type": "string"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id"
    ],
    "title": "Bookmark",
    "type": "object"
   }
  },
  "bookmarks": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "limit": {
      "anyOf": [
       {
        "minimum": 1,
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Limit"
     },
     "text": {
      "anyOf": [
       {
        "maxLength": 100000,
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Text"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Bookmark": {
      "properties": {
       "id": {
        "title": "Id",
        "type": "string"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "url": {
        "default": "",
        "title": "Url",
        "type": "string"
       }
      },
      "required": [
       "id"
      ],
      "title": "Bookmark",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Bookmark"
    },
    "type": "array"
   }
  },
  "buttons": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Control": {
      "description": "A field or a button; the value of a password field is never there.",
      "properties": {
       "kind": {
        "default": "",
        "title": "Kind",
        "type": "string"
       },
       "label": {
        "default": "",
        "title": "Label",
        "type": "string"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "ref": {
        "title": "Ref",
        "type": "integer"
       },
       "value": {
        "anyOf": [
         {
          "type": "string"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Value"
       }
      },
      "required": [
       "number",
       "ref"
      ],
      "title": "Control",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Control"
    },
    "type": "array"
   }
  },
  "channel": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "number": {
      "minimum": 1,
      "title": "Number",
      "type": "integer"
     }
    },
    "required": [
     "number"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "focused": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Focused"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "tabs": {
      "title": "Tabs",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     }
    },
    "required": [
     "number",
     "tabs"
    ],
    "title": "Channel",
    "type": "object"
   }
  },
  "channels": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Channel": {
      "properties": {
       "focused": {
        "anyOf": [
         {
          "type": "boolean"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Focused"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "tabs": {
        "title": "Tabs",
        "type": "integer"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       }
      },
      "required": [
       "number",
       "tabs"
      ],
      "title": "Channel",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Channel"
    },
    "type": "array"
   }
  },
  "click": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "ref": {
      "anyOf": [
       {
        "minimum": 0,
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Option": {
      "properties": {
       "label": {
        "default": "",
        "title": "Label",
        "type": "string"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "selected": {
        "default": false,
        "title": "Selected",
        "type": "boolean"
       }
      },
      "required": [
       "number"
      ],
      "title": "Option",
      "type": "object"
     }
    },
    "description": "`checked` is of what can be ticked, `options` of what holds choices.",
    "properties": {
     "checked": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Checked"
     },
     "effect": {
      "enum": [
       "clicked",
       "navigated",
       "opened",
       "focused"
      ],
      "title": "Effect",
      "type": "string"
     },
     "kind": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Kind"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "options": {
      "default": [],
      "items": {
       "$ref": "#/$defs/Option"
      },
      "title": "Options",
      "type": "array"
     }
    },
    "required": [
     "effect"
    ],
    "title": "Clicked",
    "type": "object"
   }
  },
  "close_tab": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "number": {
      "anyOf": [
       {
        "minimum": 1,
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Number"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Tab": {
      "properties": {
       "active": {
        "default": false,
        "title": "Active",
        "type": "boolean"
       },
       "audible": {
        "default": false,
        "title": "Audible",
        "type": "boolean"
       },
       "id": {
        "title": "Id",
        "type": "integer"
       },
       "muted": {
        "default": false,
        "title": "Muted",
        "type": "boolean"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "url": {
        "default": "",
        "title": "Url",
        "type": "string"
       }
      },
      "required": [
       "id",
       "number"
      ],
      "title": "Tab",
      "type": "object"
     }
    },
    "properties": {
     "closed": {
      "$ref": "#/$defs/Tab"
     },
     "now": {
      "anyOf": [
       {
        "$ref": "#/$defs/Tab"
       },
       {
        "type": "null"
       }
      ],
      "default": null
     }
    },
    "required": [
     "closed"
    ],
    "title": "Closed",
    "type": "object"
   }
  },
  "continue": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "back": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Back"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "description": "Something to read: `index` of `of` in the page's order.",
    "properties": {
     "column": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Column"
     },
     "index": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Index"
     },
     "kind": {
      "title": "Kind",
      "type": "string"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "level": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Level"
     },
     "of": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Of"
     },
     "ref": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     },
     "row": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Row"
     },
     "text": {
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "kind",
     "text"
    ],
    "title": "Item",
    "type": "object"
   }
  },
  "document": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Passage": {
      "properties": {
       "kind": {
        "title": "Kind",
        "type": "string"
       },
       "level": {
        "anyOf": [
         {
          "type": "integer"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Level"
       },
       "text": {
        "title": "Text",
        "type": "string"
       },
       "url": {
        "anyOf": [
         {
          "type": "string"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Url"
       }
      },
      "required": [
       "kind",
       "text"
      ],
      "title": "Passage",
      "type": "object"
     }
    },
    "properties": {
     "items": {
      "items": {
       "$ref": "#/$defs/Passage"
      },
      "title": "Items",
      "type": "array"
     },
     "language": {
      "default": "",
      "title": "Language",
      "type": "string"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "items"
    ],
    "title": "Document",
    "type": "object"
   }
  },
  "fields": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Control": {
      "description": "A field or a button; the value of a password field is never there.",
      "properties": {
       "kind": {
        "default": "",
        "title": "Kind",
        "type": "string"
       },
       "label": {
        "default": "",
        "title": "Label",
        "type": "string"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "ref": {
        "title": "Ref",
        "type": "integer"
       },
       "value": {
        "anyOf": [
         {
          "type": "string"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Value"
       }
      },
      "required": [
       "number",
       "ref"
      ],
      "title": "Control",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Control"
    },
    "type": "array"
   }
  },
  "find": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "text": {
      "maxLength": 100000,
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "text"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "count": {
      "title": "Count",
      "type": "integer"
     },
     "excerpt": {
      "default": "",
      "title": "Excerpt",
      "type": "string"
     },
     "index": {
      "default": 0,
      "title": "Index",
      "type": "integer"
     },
     "ref": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     }
    },
    "required": [
     "count"
    ],
    "title": "Found",
    "type": "object"
   }
  },
  "find_all": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "text": {
      "maxLength": 100000,
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "text"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "FoundIn": {
      "properties": {
       "count": {
        "title": "Count",
        "type": "integer"
       },
       "excerpt": {
        "default": "",
        "title": "Excerpt",
        "type": "string"
       },
       "tab": {
        "title": "Tab",
        "type": "integer"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "url": {
        "default": "",
        "title": "Url",
        "type": "string"
       }
      },
      "required": [
       "tab",
       "count"
      ],
      "title": "FoundIn",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/FoundIn"
    },
    "type": "array"
   }
  },
  "find_next": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "back": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Back"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "count": {
      "title": "Count",
      "type": "integer"
     },
     "excerpt": {
      "default": "",
      "title": "Excerpt",
      "type": "string"
     },
     "index": {
      "default": 0,
      "title": "Index",
      "type": "integer"
     },
     "ref": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     }
    },
    "required": [
     "count"
    ],
    "title": "Found",
    "type": "object"
   }
  },
  "focus": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "ref": {
      "anyOf": [
       {
        "minimum": 0,
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "kind": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Kind"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     }
    },
    "title": "Focused",
    "type": "object"
   }
  },
  "forward": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "go": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "url": {
      "maxLength": 100000,
      "minLength": 1,
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "url"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "highlight": {
   "args": {
    "$defs": {
     "GridPoint": {
      "additionalProperties": false,
      "description": "A cell of the 12 x 12 cells of the view; row 0 is the top.",
      "properties": {
       "column": {
        "maximum": 11,
        "minimum": 0,
        "title": "Column",
        "type": "integer"
       },
       "row": {
        "maximum": 11,
        "minimum": 0,
        "title": "Row",
        "type": "integer"
       }
      },
      "required": [
       "row",
       "column"
      ],
      "title": "GridPoint",
      "type": "object"
     }
    },
    "additionalProperties": false,
    "properties": {
     "points": {
      "items": {
       "$ref": "#/$defs/GridPoint"
      },
      "maxItems": 2,
      "minItems": 1,
      "title": "Points",
      "type": "array"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "required": [
     "points"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Box": {
      "properties": {
       "height": {
        "title": "Height",
        "type": "number"
       },
       "width": {
        "title": "Width",
        "type": "number"
       },
       "x": {
        "title": "X",
        "type": "number"
       },
       "y": {
        "title": "Y",
        "type": "number"
       }
      },
      "required": [
       "x",
       "y",
       "width",
       "height"
      ],
      "title": "Box",
      "type": "object"
     }
    },
    "properties": {
     "boxes": {
      "default": [],
      "items": {
       "$ref": "#/$defs/Box"
      },
      "title": "Boxes",
      "type": "array"
     },
     "text": {
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "text"
    ],
    "title": "Highlighted",
    "type": "object"
   }
  },
  "history": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "days": {
      "anyOf": [
       {
        "type": "number"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Days"
     },
     "limit": {
      "anyOf": [
       {
        "minimum": 1,
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Limit"
     },
     "text": {
      "anyOf": [
       {
        "maxLength": 100000,
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Text"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Visited": {
      "description": "A page of the history; `time` is ISO 8601 in UTC.",
      "properties": {
       "time": {
        "title": "Time",
        "type": "string"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "url": {
        "title": "Url",
        "type": "string"
       },
       "visits": {
        "title": "Visits",
        "type": "integer"
       }
      },
      "required": [
       "url",
       "time",
       "visits"
      ],
      "title": "Visited",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Visited"
    },
    "type": "array"
   }
  },
  "layout": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "columns": {
      "maximum": 200,
      "minimum": 1,
      "title": "Columns",
      "type": "integer"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "required": [
     "columns"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Cell": {
      "description": "One kind in one cell.\n\n`density`: share of the cell that is covered, 0 to 1. `level`: of a heading, 1 to 6. `area`: of an image,\nthe share of the view that it covers, 0 to 1.",
      "properties": {
       "area": {
        "anyOf": [
         {
          "type": "number"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Area"
       },
       "density": {
        "title": "Density",
        "type": "number"
       },
       "kind": {
        "title": "Kind",
        "type": "string"
       },
       "label": {
        "default": "",
        "title": "Label",
        "type": "string"
       },
       "level": {
        "anyOf": [
         {
          "type": "integer"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Level"
       },
       "x": {
        "title": "X",
        "type": "integer"
       },
       "y": {
        "title": "Y",
        "type": "integer"
       }
      },
      "required": [
       "x",
       "y",
       "kind",
       "density"
      ],
      "title": "Cell",
      "type": "object"
     },
     "View": {
      "properties": {
       "height": {
        "title": "Height",
        "type": "number"
       },
       "width": {
        "title": "Width",
        "type": "number"
       }
      },
      "required": [
       "width",
       "height"
      ],
      "title": "View",
      "type": "object"
     }
    },
    "properties": {
     "cells": {
      "items": {
       "$ref": "#/$defs/Cell"
      },
      "title": "Cells",
      "type": "array"
     },
     "columns": {
      "title": "Columns",
      "type": "integer"
     },
     "elements": {
      "title": "Elements",
      "type": "integer"
     },
     "names_ms": {
      "default": 0.0,
      "title": "Names Ms",
      "type": "number"
     },
     "rows": {
      "title": "Rows",
      "type": "integer"
     },
     "scan_ms": {
      "title": "Scan Ms",
      "type": "number"
     },
     "viewport": {
      "$ref": "#/$defs/View"
     }
    },
    "required": [
     "viewport",
     "columns",
     "rows",
     "cells",
     "elements",
     "scan_ms"
    ],
    "title": "Layout",
    "type": "object"
   }
  },
  "links": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "limit": {
      "anyOf": [
       {
        "minimum": 1,
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Limit"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Link": {
      "properties": {
       "label": {
        "default": "",
        "title": "Label",
        "type": "string"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "ref": {
        "title": "Ref",
        "type": "integer"
       },
       "url": {
        "default": "",
        "title": "Url",
        "type": "string"
       }
      },
      "required": [
       "number",
       "ref"
      ],
      "title": "Link",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Link"
    },
    "type": "array"
   }
  },
  "media": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Media": {
      "description": "Something that plays: seconds, volume 0 to 1, speed 1 as recorded; a live stream has no duration.",
      "properties": {
       "duration": {
        "anyOf": [
         {
          "type": "number"
         },
         {
          "type": "null"
         }
        ],
        "default": null,
        "title": "Duration"
       },
       "frame": {
        "title": "Frame",
        "type": "integer"
       },
       "kind": {
        "enum": [
         "video",
         "audio"
        ],
        "title": "Kind",
        "type": "string"
       },
       "muted": {
        "default": false,
        "title": "Muted",
        "type": "boolean"
       },
       "playing": {
        "title": "Playing",
        "type": "boolean"
       },
       "position": {
        "default": 0.0,
        "title": "Position",
        "type": "number"
       },
       "ref": {
        "title": "Ref",
        "type": "integer"
       },
       "speed": {
        "default": 1.0,
        "title": "Speed",
        "type": "number"
       },
       "tab": {
        "title": "Tab",
        "type": "integer"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "volume": {
        "default": 1.0,
        "title": "Volume",
        "type": "number"
       }
      },
      "required": [
       "tab",
       "frame",
       "ref",
       "kind",
       "playing"
      ],
      "title": "Media",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Media"
    },
    "type": "array"
   }
  },
  "media_do": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "action": {
      "enum": [
       "play",
       "pause",
       "mute",
       "unmute",
       "skip",
       "seek",
       "speed",
       "volume"
      ],
      "title": "Action",
      "type": "string"
     },
     "frame": {
      "title": "Frame",
      "type": "integer"
     },
     "ref": {
      "minimum": 0,
      "title": "Ref",
      "type": "integer"
     },
     "tab": {
      "title": "Tab",
      "type": "integer"
     },
     "value": {
      "anyOf": [
       {
        "type": "number"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Value"
     }
    },
    "required": [
     "tab",
     "frame",
     "ref",
     "action"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "description": "Something that plays: seconds, volume 0 to 1, speed 1 as recorded; a live stream has no duration.",
    "properties": {
     "duration": {
      "anyOf": [
       {
        "type": "number"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Duration"
     },
     "frame": {
      "title": "Frame",
      "type": "integer"
     },
     "kind": {
      "enum": [
       "video",
       "audio"
      ],
      "title": "Kind",
      "type": "string"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "playing": {
      "title": "Playing",
      "type": "boolean"
     },
     "position": {
      "default": 0.0,
      "title": "Position",
      "type": "number"
     },
     "ref": {
      "title": "Ref",
      "type": "integer"
     },
     "speed": {
      "default": 1.0,
      "title": "Speed",
      "type": "number"
     },
     "tab": {
      "title": "Tab",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "volume": {
      "default": 1.0,
      "title": "Volume",
      "type": "number"
     }
    },
    "required": [
     "tab",
     "frame",
     "ref",
     "kind",
     "playing"
    ],
    "title": "Media",
    "type": "object"
   }
  },
  "move": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "column": {
      "maximum": 11,
      "minimum": 0,
      "title": "Column",
      "type": "integer"
     },
     "row": {
      "maximum": 11,
      "minimum": 0,
      "title": "Row",
      "type": "integer"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "required": [
     "row",
     "column"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Box": {
      "properties": {
       "height": {
        "title": "Height",
        "type": "number"
       },
       "width": {
        "title": "Width",
        "type": "number"
       },
       "x": {
        "title": "X",
        "type": "number"
       },
       "y": {
        "title": "Y",
        "type": "number"
       }
      },
      "required": [
       "x",
       "y",
       "width",
       "height"
      ],
      "title": "Box",
      "type": "object"
     }
    },
    "description": "What lies in a cell of the 12 x 12; `density`, `level` and `area` as in `Cell`.",
    "properties": {
     "area": {
      "anyOf": [
       {
        "type": "number"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Area"
     },
     "box": {
      "anyOf": [
       {
        "$ref": "#/$defs/Box"
       },
       {
        "type": "null"
       }
      ],
      "default": null
     },
     "column": {
      "title": "Column",
      "type": "integer"
     },
     "density": {
      "default": 0.0,
      "title": "Density",
      "type": "number"
     },
     "kind": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Kind"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "level": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Level"
     },
     "ref": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     },
     "row": {
      "title": "Row",
      "type": "integer"
     }
    },
    "required": [
     "row",
     "column"
    ],
    "title": "Target",
    "type": "object"
   }
  },
  "mute": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "on": {
      "title": "On",
      "type": "boolean"
     }
    },
    "required": [
     "on"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "new_tab": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "url": {
      "anyOf": [
       {
        "maxLength": 100000,
        "minLength": 1,
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Url"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "next_tab": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "open": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "new": {
      "title": "New",
      "type": "boolean"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "url": {
      "maxLength": 100000,
      "minLength": 1,
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "url",
     "new"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "page": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "pages": {
      "title": "Pages",
      "type": "number"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "required": [
     "pages"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "moved": {
      "title": "Moved",
      "type": "boolean"
     },
     "x": {
      "title": "X",
      "type": "number"
     },
     "y": {
      "title": "Y",
      "type": "number"
     }
    },
    "required": [
     "x",
     "y",
     "moved"
    ],
    "title": "Moved",
    "type": "object"
   }
  },
  "picture": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "description": "What is in view, as the data of a PNG file in base 64.",
    "properties": {
     "png": {
      "maxLength": 8000000,
      "title": "Png",
      "type": "string"
     }
    },
    "required": [
     "png"
    ],
    "title": "Picture",
    "type": "object"
   }
  },
  "ping": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {},
    "title": "Nothing",
    "type": "object"
   }
  },
  "previous_tab": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "read": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "description": "Something to read: `index` of `of` in the page's order.",
    "properties": {
     "column": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Column"
     },
     "index": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Index"
     },
     "kind": {
      "title": "Kind",
      "type": "string"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "level": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Level"
     },
     "of": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Of"
     },
     "ref": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Ref"
     },
     "row": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Row"
     },
     "text": {
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "kind",
     "text"
    ],
    "title": "Item",
    "type": "object"
   }
  },
  "reload": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "reopen_tab": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "right_click": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Action": {
      "properties": {
       "id": {
        "title": "Id",
        "type": "string"
       },
       "label": {
        "title": "Label",
        "type": "string"
       }
      },
      "required": [
       "id",
       "label"
      ],
      "title": "Action",
      "type": "object"
     }
    },
    "properties": {
     "actions": {
      "default": [],
      "items": {
       "$ref": "#/$defs/Action"
      },
      "title": "Actions",
      "type": "array"
     },
     "handled": {
      "title": "Handled",
      "type": "boolean"
     },
     "kind": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Kind"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     }
    },
    "required": [
     "handled"
    ],
    "title": "RightClicked",
    "type": "object"
   }
  },
  "scroll": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "horizontal": {
      "title": "Horizontal",
      "type": "number"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "vertical": {
      "title": "Vertical",
      "type": "number"
     }
    },
    "required": [
     "vertical",
     "horizontal"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "moved": {
      "title": "Moved",
      "type": "boolean"
     },
     "x": {
      "title": "X",
      "type": "number"
     },
     "y": {
      "title": "Y",
      "type": "number"
     }
    },
    "required": [
     "x",
     "y",
     "moved"
    ],
    "title": "Moved",
    "type": "object"
   }
  },
  "select": {
   "args": {
    "$defs": {
     "GridPoint": {
      "additionalProperties": false,
      "description": "A cell of the 12 x 12 cells of the view; row 0 is the top.",
      "properties": {
       "column": {
        "maximum": 11,
        "minimum": 0,
        "title": "Column",
        "type": "integer"
       },
       "row": {
        "maximum": 11,
        "minimum": 0,
        "title": "Row",
        "type": "integer"
       }
      },
      "required": [
       "row",
       "column"
      ],
      "title": "GridPoint",
      "type": "object"
     }
    },
    "additionalProperties": false,
    "properties": {
     "points": {
      "items": {
       "$ref": "#/$defs/GridPoint"
      },
      "maxItems": 2,
      "minItems": 1,
      "title": "Points",
      "type": "array"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "required": [
     "points"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "text": {
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "text"
    ],
    "title": "Chosen",
    "type": "object"
   }
  },
  "stop": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {},
    "title": "Nothing",
    "type": "object"
   }
  },
  "tab": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "number": {
      "minimum": 1,
      "title": "Number",
      "type": "integer"
     }
    },
    "required": [
     "number"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "active": {
      "default": false,
      "title": "Active",
      "type": "boolean"
     },
     "audible": {
      "default": false,
      "title": "Audible",
      "type": "boolean"
     },
     "id": {
      "title": "Id",
      "type": "integer"
     },
     "muted": {
      "default": false,
      "title": "Muted",
      "type": "boolean"
     },
     "number": {
      "title": "Number",
      "type": "integer"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "id",
     "number"
    ],
    "title": "Tab",
    "type": "object"
   }
  },
  "tabs": {
   "args": {
    "additionalProperties": false,
    "properties": {},
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Tab": {
      "properties": {
       "active": {
        "default": false,
        "title": "Active",
        "type": "boolean"
       },
       "audible": {
        "default": false,
        "title": "Audible",
        "type": "boolean"
       },
       "id": {
        "title": "Id",
        "type": "integer"
       },
       "muted": {
        "default": false,
        "title": "Muted",
        "type": "boolean"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "url": {
        "default": "",
        "title": "Url",
        "type": "string"
       }
      },
      "required": [
       "id",
       "number"
      ],
      "title": "Tab",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Tab"
    },
    "type": "array"
   }
  },
  "trusted_click": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Option": {
      "properties": {
       "label": {
        "default": "",
        "title": "Label",
        "type": "string"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "selected": {
        "default": false,
        "title": "Selected",
        "type": "boolean"
       }
      },
      "required": [
       "number"
      ],
      "title": "Option",
      "type": "object"
     }
    },
    "description": "`checked` is of what can be ticked, `options` of what holds choices.",
    "properties": {
     "checked": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Checked"
     },
     "effect": {
      "enum": [
       "clicked",
       "navigated",
       "opened",
       "focused"
      ],
      "title": "Effect",
      "type": "string"
     },
     "kind": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Kind"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "options": {
      "default": [],
      "items": {
       "$ref": "#/$defs/Option"
      },
      "title": "Options",
      "type": "array"
     }
    },
    "required": [
     "effect"
    ],
    "title": "Clicked",
    "type": "object"
   }
  },
  "unbookmark": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "id": {
      "maxLength": 100000,
      "title": "Id",
      "type": "string"
     }
    },
    "required": [
     "id"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {},
    "title": "Nothing",
    "type": "object"
   }
  },
  "unhighlight": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {},
    "title": "Nothing",
    "type": "object"
   }
  },
  "visits": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "url": {
      "maxLength": 100000,
      "minLength": 1,
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "url"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "$defs": {
     "Visit": {
      "properties": {
       "time": {
        "title": "Time",
        "type": "string"
       },
       "transition": {
        "default": "",
        "title": "Transition",
        "type": "string"
       }
      },
      "required": [
       "time"
      ],
      "title": "Visit",
      "type": "object"
     }
    },
    "items": {
     "$ref": "#/$defs/Visit"
    },
    "type": "array"
   }
  },
  "where_am_i": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     }
    },
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "column": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Column"
     },
     "focused": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Focused"
     },
     "heading": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Heading"
     },
     "kind": {
      "anyOf": [
       {
        "type": "string"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Kind"
     },
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "percent": {
      "anyOf": [
       {
        "type": "number"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Percent"
     },
     "row": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Row"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "tabs": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tabs"
     },
     "title": {
      "default": "",
      "title": "Title",
      "type": "string"
     },
     "url": {
      "default": "",
      "title": "Url",
      "type": "string"
     },
     "window": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Window"
     }
    },
    "title": "Place",
    "type": "object"
   }
  },
  "write": {
   "args": {
    "additionalProperties": false,
    "properties": {
     "replace": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Replace"
     },
     "submit": {
      "anyOf": [
       {
        "type": "boolean"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Submit"
     },
     "tab": {
      "anyOf": [
       {
        "type": "integer"
       },
       {
        "type": "null"
       }
      ],
      "default": null,
      "title": "Tab"
     },
     "text": {
      "maxLength": 100000,
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "text"
    ],
    "title": "Arguments",
    "type": "object"
   },
   "value": {
    "properties": {
     "label": {
      "default": "",
      "title": "Label",
      "type": "string"
     },
     "text": {
      "default": "",
      "title": "Text",
      "type": "string"
     }
    },
    "title": "Written",
    "type": "object"
   }
  }
 },
 "events": {
  "from_app": {
   "done": {
    "properties": {
     "elapsed_ms": {
      "title": "Elapsed Ms",
      "type": "number"
     },
     "name": {
      "title": "Name",
      "type": "string"
     },
     "status": {
      "enum": [
       "ok",
       "failed",
       "timeout",
       "refused"
      ],
      "title": "Status",
      "type": "string"
     },
     "text": {
      "title": "Text",
      "type": "string"
     }
    },
    "required": [
     "text",
     "name",
     "status",
     "elapsed_ms"
    ],
    "title": "Event",
    "type": "object"
   },
   "host": {
    "properties": {
     "app": {
      "enum": [
       "on",
       "off"
      ],
      "title": "App",
      "type": "string"
     },
     "reason": {
      "default": "",
      "title": "Reason",
      "type": "string"
     }
    },
    "required": [
     "app"
    ],
    "title": "Event",
    "type": "object"
   },
   "listening": {
    "properties": {
     "on": {
      "title": "On",
      "type": "boolean"
     }
    },
    "required": [
     "on"
    ],
    "title": "Event",
    "type": "object"
   },
   "paired": {
    "$defs": {
     "Settings": {
      "additionalProperties": true,
      "description": "What the extension needs to know of the app's settings.",
      "properties": {
       "search": {
        "default": "",
        "title": "Search",
        "type": "string"
       }
      },
      "title": "Settings",
      "type": "object"
     }
    },
    "description": "The answer to hello: the app's version, whether its command input is on, its settings.",
    "properties": {
     "app": {
      "title": "App",
      "type": "string"
     },
     "listening": {
      "title": "Listening",
      "type": "boolean"
     },
     "settings": {
      "$ref": "#/$defs/Settings",
      "default": {
       "search": ""
      }
     }
    },
    "required": [
     "app",
     "listening"
    ],
    "title": "Joined",
    "type": "object"
   },
   "settings": {
    "additionalProperties": true,
    "description": "What the extension needs to know of the app's settings.",
    "properties": {
     "search": {
      "default": "",
      "title": "Search",
      "type": "string"
     }
    },
    "title": "Settings",
    "type": "object"
   },
   "unpaired": {
    "properties": {
     "reason": {
      "default": "",
      "title": "Reason",
      "type": "string"
     }
    },
    "title": "Event",
    "type": "object"
   }
  },
  "from_extension": {
   "loaded": {
    "properties": {
     "ms": {
      "title": "Ms",
      "type": "number"
     },
     "tab": {
      "title": "Tab",
      "type": "integer"
     },
     "title": {
      "title": "Title",
      "type": "string"
     },
     "url": {
      "title": "Url",
      "type": "string"
     }
    },
    "required": [
     "tab",
     "url",
     "title",
     "ms"
    ],
    "title": "Event",
    "type": "object"
   },
   "permission": {
    "properties": {
     "debugger": {
      "title": "Debugger",
      "type": "boolean"
     }
    },
    "required": [
     "debugger"
    ],
    "title": "Event",
    "type": "object"
   },
   "secret": {
    "properties": {
     "on": {
      "title": "On",
      "type": "boolean"
     }
    },
    "required": [
     "on"
    ],
    "title": "Event",
    "type": "object"
   },
   "sounding": {
    "properties": {
     "frame": {
      "title": "Frame",
      "type": "integer"
     },
     "playing": {
      "title": "Playing",
      "type": "boolean"
     },
     "ref": {
      "title": "Ref",
      "type": "integer"
     },
     "tab": {
      "title": "Tab",
      "type": "integer"
     },
     "title": {
      "title": "Title",
      "type": "string"
     }
    },
    "required": [
     "tab",
     "frame",
     "ref",
     "title",
     "playing"
    ],
    "title": "Event",
    "type": "object"
   },
   "windows": {
    "$defs": {
     "Tab": {
      "properties": {
       "active": {
        "default": false,
        "title": "Active",
        "type": "boolean"
       },
       "audible": {
        "default": false,
        "title": "Audible",
        "type": "boolean"
       },
       "id": {
        "title": "Id",
        "type": "integer"
       },
       "muted": {
        "default": false,
        "title": "Muted",
        "type": "boolean"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "title": {
        "default": "",
        "title": "Title",
        "type": "string"
       },
       "url": {
        "default": "",
        "title": "Url",
        "type": "string"
       }
      },
      "required": [
       "id",
       "number"
      ],
      "title": "Tab",
      "type": "object"
     },
     "Window": {
      "properties": {
       "focused": {
        "default": false,
        "title": "Focused",
        "type": "boolean"
       },
       "id": {
        "title": "Id",
        "type": "integer"
       },
       "number": {
        "title": "Number",
        "type": "integer"
       },
       "tabs": {
        "items": {
         "$ref": "#/$defs/Tab"
        },
        "title": "Tabs",
        "type": "array"
       }
      },
      "required": [
       "id",
       "number",
       "tabs"
      ],
      "title": "Window",
      "type": "object"
     }
    },
    "properties": {
     "windows": {
      "items": {
       "$ref": "#/$defs/Window"
      },
      "title": "Windows",
      "type": "array"
     }
    },
    "required": [
     "windows"
    ],
    "title": "Event",
    "type": "object"
   }
  }
 },
 "host": "org.rubato.desktop",
 "messages": {
  "event": {
   "properties": {
    "args": {
     "additionalProperties": true,
     "default": {},
     "title": "Args",
     "type": "object"
    },
    "name": {
     "maxLength": 64,
     "minLength": 1,
     "pattern": "^[a-z][a-z0-9_]*$",
     "title": "Name",
     "type": "string"
    },
    "type": {
     "const": "event",
     "title": "Type",
     "type": "string"
    },
    "v": {
     "const": 1,
     "title": "V",
     "type": "integer"
    }
   },
   "required": [
    "v",
    "type",
    "name"
   ],
   "title": "Event",
   "type": "object"
  },
  "hello": {
   "$defs": {
    "HelloArgs": {
     "description": "Who joins: `client` and `secret` are its own, made once and kept by it.",
     "properties": {
      "browser": {
       "title": "Browser",
       "type": "string"
      },
      "client": {
       "pattern": "^[0-9A-Za-z-]{8,64}$",
       "title": "Client",
       "type": "string"
      },
      "secret": {
       "pattern": "^[0-9a-f]{64}$",
       "title": "Secret",
       "type": "string"
      },
      "version": {
       "maxLength": 32,
       "title": "Version",
       "type": "string"
      }
     },
     "required": [
      "version",
      "browser",
      "client",
      "secret"
     ],
     "title": "HelloArgs",
     "type": "object"
    }
   },
   "properties": {
    "args": {
     "$ref": "#/$defs/HelloArgs"
    },
    "deadline_ms": {
     "exclusiveMinimum": 0,
     "maximum": 600000,
     "title": "Deadline Ms",
     "type": "number"
    },
    "id": {
     "maximum": 9007199254740991,
     "minimum": 1,
     "title": "Id",
     "type": "integer"
    },
    "name": {
     "const": "extension",
     "title": "Name",
     "type": "string"
    },
    "type": {
     "const": "hello",
     "title": "Type",
     "type": "string"
    },
    "v": {
     "const": 1,
     "title": "V",
     "type": "integer"
    }
   },
   "required": [
    "v",
    "id",
    "type",
    "name",
    "args",
    "deadline_ms"
   ],
   "title": "Hello",
   "type": "object"
  },
  "part": {
   "description": "A piece of a message longer than Chrome lets a host say at once; all pieces joined are its JSON.",
   "properties": {
    "data": {
     "title": "Data",
     "type": "string"
    },
    "id": {
     "maximum": 9007199254740991,
     "minimum": 1,
     "title": "Id",
     "type": "integer"
    },
    "n": {
     "minimum": 0,
     "title": "N",
     "type": "integer"
    },
    "of": {
     "minimum": 1,
     "title": "Of",
     "type": "integer"
    },
    "type": {
     "const": "part",
     "title": "Type",
     "type": "string"
    },
    "v": {
     "const": 1,
     "title": "V",
     "type": "integer"
    }
   },
   "required": [
    "v",
    "type",
    "id",
    "n",
    "of",
    "data"
   ],
   "title": "Part",
   "type": "object"
  },
  "request": {
   "description": "A question; each side numbers its own from 1.",
   "properties": {
    "args": {
     "additionalProperties": true,
     "default": {},
     "title": "Args",
     "type": "object"
    },
    "deadline_ms": {
     "exclusiveMinimum": 0,
     "maximum": 600000,
     "title": "Deadline Ms",
     "type": "number"
    },
    "id": {
     "maximum": 9007199254740991,
     "minimum": 1,
     "title": "Id",
     "type": "integer"
    },
    "name": {
     "maxLength": 64,
     "minLength": 1,
     "pattern": "^[a-z][a-z0-9_]*$",
     "title": "Name",
     "type": "string"
    },
    "type": {
     "const": "command",
     "title": "Type",
     "type": "string"
    },
    "v": {
     "const": 1,
     "title": "V",
     "type": "integer"
    }
   },
   "required": [
    "v",
    "id",
    "type",
    "name",
    "deadline_ms"
   ],
   "title": "Request",
   "type": "object"
  },
  "response": {
   "$defs": {
    "Error": {
     "properties": {
      "code": {
       "maxLength": 64,
       "minLength": 1,
       "pattern": "^[a-z][a-z0-9_]*$",
       "title": "Code",
       "type": "string"
      },
      "message": {
       "title": "Message",
       "type": "string"
      }
     },
     "required": [
      "code",
      "message"
     ],
     "title": "Error",
     "type": "object"
    },
    "Scroll": {
     "properties": {
      "x": {
       "title": "X",
       "type": "number"
      },
      "y": {
       "title": "Y",
       "type": "number"
      }
     },
     "required": [
      "x",
      "y"
     ],
     "title": "Scroll",
     "type": "object"
    },
    "State": {
     "description": "The tab a command ended on; empty when it ended on none.",
     "properties": {
      "digest": {
       "anyOf": [
        {
         "type": "string"
        },
        {
         "type": "null"
        }
       ],
       "default": null,
       "title": "Digest"
      },
      "left_out": {
       "anyOf": [
        {
         "items": {
          "type": "string"
         },
         "type": "array"
        },
        {
         "type": "null"
        }
       ],
       "default": null,
       "title": "Left Out"
      },
      "scroll": {
       "anyOf": [
        {
         "$ref": "#/$defs/Scroll"
        },
        {
         "type": "null"
        }
       ],
       "default": null
      },
      "tab": {
       "anyOf": [
        {
         "type": "integer"
        },
        {
         "type": "null"
        }
       ],
       "default": null,
       "title": "Tab"
      },
      "title": {
       "anyOf": [
        {
         "type": "string"
        },
        {
         "type": "null"
        }
       ],
       "default": null,
       "title": "Title"
      },
      "url": {
       "anyOf": [
        {
         "type": "string"
        },
        {
         "type": "null"
        }
       ],
       "default": null,
       "title": "Url"
      },
      "viewport": {
       "anyOf": [
        {
         "$ref": "#/$defs/View"
        },
        {
         "type": "null"
        }
       ],
       "default": null
      },
      "window": {
       "anyOf": [
        {
         "type": "integer"
        },
        {
         "type": "null"
        }
       ],
       "default": null,
       "title": "Window"
      }
     },
     "title": "State",
     "type": "object"
    },
    "View": {
     "properties": {
      "height": {
       "title": "Height",
       "type": "number"
      },
      "width": {
       "title": "Width",
       "type": "number"
      }
     },
     "required": [
      "width",
      "height"
     ],
     "title": "View",
     "type": "object"
    }
   },
   "description": "The answer to the request of the same id.",
   "properties": {
    "elapsed_ms": {
     "default": 0.0,
     "title": "Elapsed Ms",
     "type": "number"
    },
    "error": {
     "anyOf": [
      {
       "$ref": "#/$defs/Error"
      },
      {
       "type": "null"
      }
     ],
     "default": null
    },
    "id": {
     "maximum": 9007199254740991,
     "minimum": 1,
     "title": "Id",
     "type": "integer"
    },
    "state": {
     "$ref": "#/$defs/State",
     "default": {
      "digest": null,
      "left_out": null,
      "scroll": null,
      "tab": null,
      "title": null,
      "url": null,
      "viewport": null,
      "window": null
     }
    },
    "status": {
     "enum": [
      "ok",
      "failed",
      "timeout",
      "refused"
     ],
     "title": "Status",
     "type": "string"
    },
    "v": {
     "const": 1,
     "title": "V",
     "type": "integer"
    },
    "value": {
     "default": null,
     "title": "Value"
    }
   },
   "required": [
    "v",
    "id",
    "status"
   ],
   "title": "Response",
   "type": "object"
  }
 },
 "title": "The wire between Rubato Desktop and its extension",
 "v": 1
};
