// What test files include besides what all files do, compiled once (cmake/precompiled.cmake).
#pragma once

#include <gtest/gtest.h>

#include "../cmake/precompiled.hpp"
