#pragma once

#define TILL_VERSION "0.1.0"
