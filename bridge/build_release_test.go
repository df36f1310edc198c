//go:build !demo

package bridge_test

const demo = false
