// Package otp makes and checks one-time codes.
package otp
