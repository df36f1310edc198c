package main

import (
	"math"
	"testing"
)

func TestWelch(t *testing.T) {
	// By hand: means 3 and 5, variances 2.5 and 1, t = -2 / sqrt(2.5/5 + 1/3).
	if got := welch([]float64{1, 2, 3, 4, 5}, []float64{4, 5, 6}); math.Abs(got+2/math.Sqrt(2.5/5+1.0/3)) > 1e-12 {
		t.Errorf("welch = %v", got)
	}
	if got := welch([]float64{1, 2, 3}, []float64{1, 2, 3}); got != 0 {
		t.Errorf("welch of the same = %v, want 0", got)
	}
}
