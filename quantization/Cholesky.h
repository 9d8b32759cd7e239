// Cholesky factorisation and triangular solving of dense matrices, for the sizes of a layer's input.
#pragma once

#include <cstdint>
#include <span>

namespace burin::quantization {

/// Replaces the upper triangle of `matrix`, [n][n] and symmetric, by R with R^T R = matrix; what is below the diagonal
/// is left as it was. False if a pivot isn't positive: then the matrix isn't positive definite, and its content is
/// lost.
bool choleskyInPlace(std::span<double> matrix, int64_t n);

/// Solves R^T R X = B for B, [n][columns], in place.
void solveCholesky(std::span<const double> upper, int64_t n, std::span<double> right, int64_t columns);

} // namespace burin::quantization
