//go:build !demo

package main

func keyringService() string { return "qoltanba" }
