/* Shown by `till --version`, /health and the OpenAPI document. */
#pragma once

#define TILL_VERSION "0.1.0"
