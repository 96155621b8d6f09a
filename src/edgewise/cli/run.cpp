#include "edgewise/service/operation.hpp"
